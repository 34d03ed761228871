import { type FormEvent, useState } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { SelectField, TextField } from '../../../components/field.tsx'
import { Notice } from '../../../components/notice.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { RoleField, toRole } from '../role-field.tsx'
import { importMessages } from './messages.ts'

type Source = Wire<'AccountImport'>['source']

/** Chooses a source and how its people are taken over, and has it compared. */
export function ChooseSource({
  sources,
  onPlan,
}: {
  sources: readonly Source[]
  onPlan(plan: Wire<'AccountImport'>): void
}) {
  const texts = useMessages(importMessages)
  const { api } = useConsole()
  const describeError = useErrorText()
  const [source, setSource] = useState<Source>(sources[0] ?? 'csv')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const isFile = source === 'csv' || source === 'pjsip'

  async function compare(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const file = form.get('file')
    if (isFile && !(file instanceof File && file.name !== '')) return setError(texts.fileMissing)
    setBusy(true)
    setError(undefined)
    const flag = (name: string) => (form.has(name) ? ('true' as const) : ('false' as const))
    try {
      const plan = await dataOf(
        api.POST('/api/v1/account-imports', {
          params: {
            query: {
              source,
              role: toRole(form.get('role')) ?? 'user',
              sign_in: form.get('sign_in') === 'phone' ? 'phone' : 'none',
              disable_missing: flag('disable_missing'),
              allow_mass_disable: flag('allow_mass_disable'),
              link: flag('link'),
            },
          },
          ...(isFile
            ? {
                body: file as unknown as string, // sent as bytes
                bodySerializer: (body: unknown) => body as string, // a file, which `fetch` sends as it is
                headers: { 'Content-Type': 'text/csv; charset=utf-8' },
              }
            : {}),
        }),
      )
      onPlan(plan)
    } catch (err) {
      setError(describeError(err))
    }
    setBusy(false)
  }

  return (
    <form className={styles.form} onSubmit={(event) => void compare(event)}>
      <SelectField
        label={texts.source}
        value={source}
        onChange={({ target }) => setSource(sources.find((one) => one === target.value) ?? 'csv')}
      >
        {sources.map((one) => (
          <option key={one} value={one}>
            {texts.sources[one]}
          </option>
        ))}
      </SelectField>
      {isFile && (
        <TextField
          key={source}
          type="file"
          name="file"
          label={texts.file}
          hint={source === 'csv' ? texts.csvHint : undefined}
        />
      )}
      <RoleField />
      <SelectField label={texts.signIn} name="sign_in">
        {Object.entries(texts.signIns).map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </SelectField>
      <fieldset className={styles.choice}>
        <legend>{texts.options}</legend>
        <label>
          <input type="checkbox" name="disable_missing" /> {texts.disableMissing}
        </label>
        <label>
          <input type="checkbox" name="allow_mass_disable" /> {texts.allowMassDisable}
        </label>
        <label>
          <input type="checkbox" name="link" /> {texts.link}
        </label>
      </fieldset>
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      <div className={styles.actions}>
        <Button type="submit" tone="primary" disabled={isBusy}>
          {isBusy ? texts.comparing : texts.compare}
        </Button>
      </div>
    </form>
  )
}
