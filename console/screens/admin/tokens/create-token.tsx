import { useId } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { TextField } from '../../../components/field.tsx'
import { Notice } from '../../../components/notice.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { FormDialog } from '../form-dialog.tsx'
import { useReloadLists } from '../reload-lists.ts'
import { tokenMessages } from './messages.ts'

export function CreateTokenDialog({ onMade, onClose }: { onMade(token: string): void; onClose(): void }) {
  const texts = useMessages(tokenMessages)
  const { api } = useConsole()
  const reload = useReloadLists()

  async function submit(form: FormData) {
    const body = {
      name: String(form.get('name')),
      scopes: form.getAll('scopes') as Wire<'Scope'>[], // the values of the boxes below
      networks: String(form.get('networks'))
        .split(/[\s,]+/)
        .filter((network) => network !== ''),
      expires_in_days: Number(form.get('expires_in_days')),
    }
    const { token } = await dataOf(api.POST('/api/v1/service-tokens', { body }))
    reload()
    onMade(token)
    return 'stay' as const
  }

  return (
    <FormDialog title={texts.create} action={texts.createAction} onSubmit={submit} onClose={onClose}>
      {(errorOf) => (
        <>
          <TextField
            label={texts.name}
            error={errorOf('name')}
            name="name"
            maxLength={100}
            autoComplete="off"
          />
          <ScopeBoxes error={errorOf('scopes') === undefined ? undefined : texts.noScope} />
          <TextField
            label={texts.networks}
            hint={texts.networksHint}
            error={errorOf('networks')}
            name="networks"
            autoComplete="off"
          />
          <TextField
            label={texts.days}
            hint={texts.daysHint}
            error={errorOf('expires_in_days') === undefined ? undefined : texts.daysHint}
            name="expires_in_days"
            type="number"
            min={1}
            max={400}
            defaultValue={90}
          />
        </>
      )}
    </FormDialog>
  )
}

/** What the program may do; a box for each scope. */
function ScopeBoxes({ error }: { error: string | undefined }) {
  const texts = useMessages(tokenMessages)
  const id = useId()
  const scopes = Object.entries(texts.scopeWords)
  return (
    <fieldset className={styles.choice} aria-describedby={error === undefined ? undefined : id}>
      <legend>{texts.scopes}</legend>
      {scopes.map(([scope, words]) => (
        <label key={scope}>
          <input type="checkbox" name="scopes" value={scope} />
          <span>
            {words} <span className={styles.soft}>({scope})</span>
          </span>
        </label>
      ))}
      {error !== undefined && (
        <div id={id}>
          <Notice tone="danger">{error}</Notice>
        </div>
      )}
    </fieldset>
  )
}
