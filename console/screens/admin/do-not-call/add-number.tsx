import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { TextField } from '../../../components/field.tsx'
import { Notice } from '../../../components/notice.tsx'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { FormDialog } from '../form-dialog.tsx'
import { useReloadLists } from '../reload-lists.ts'
import { doNotCallMessages } from './messages.ts'

export function AddNumberDialog({ onClose }: { onClose(): void }) {
  const texts = useMessages(doNotCallMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  async function submit(form: FormData) {
    const note = String(form.get('note')).trim()
    const body = { number: String(form.get('number')).trim(), ...(note === '' ? {} : { note }) }
    // The API has a note of its own for requests without one, which the types do not show.
    const { number } = await dataOf(
      api.POST('/api/v1/do-not-call', { body: body as Wire<'NewDoNotCallNumber'> }),
    )
    showToast(texts.added(number))
    reload()
    return undefined
  }
  return (
    <FormDialog title={texts.addTitle} action={texts.addAction} onSubmit={submit} onClose={onClose}>
      {(errorOf) => (
        <>
          <Notice>{texts.addWhat}</Notice>
          <TextField
            label={texts.number}
            hint={texts.numberHint}
            error={errorOf('number')}
            name="number"
            type="tel"
            autoComplete="off"
            required
          />
          <TextField
            label={texts.note}
            hint={texts.noteHint}
            error={errorOf('note')}
            name="note"
            maxLength={200}
            autoComplete="off"
          />
        </>
      )}
    </FormDialog>
  )
}
