import { dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { TextField } from '../../../components/field.tsx'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { FormDialog } from '../form-dialog.tsx'
import { adminMessages } from '../messages.ts'
import { RadioChoice } from '../radio-choice.tsx'
import { useReloadLists } from '../reload-lists.ts'
import { RoleField, toRole } from '../role-field.tsx'
import { invitationMessages } from './messages.ts'

export function InviteDialog({ onLink, onClose }: { onLink(link: string): void; onClose(): void }) {
  const texts = useMessages(invitationMessages)
  const shared = useMessages(adminMessages)
  const { api } = useConsole()
  const reload = useReloadLists()

  async function submit(form: FormData) {
    const textOf = (name: string) => String(form.get(name)).trim() || null
    const body = {
      email: textOf('email'),
      role: toRole(form.get('role')) ?? ('user' as const),
      extension: textOf('extension'),
      team: textOf('team'),
      days: Number(form.get('days')),
      deliver: form.get('deliver') === 'link' ? ('link' as const) : ('mail' as const),
    }
    const { link } = await dataOf(api.POST('/api/v1/invitations', { body }))
    reload()
    if (link !== null) {
      onLink(link)
      return 'stay'
    }
    showToast(texts.sent)
    return undefined
  }

  return (
    <FormDialog title={texts.create} action={texts.createAction} onSubmit={submit} onClose={onClose}>
      {(errorOf) => (
        <>
          <TextField
            label={shared.email}
            hint={texts.emailHint}
            error={errorOf('email')}
            name="email"
            type="email"
            autoComplete="off"
          />
          <RoleField error={errorOf('role')} />
          <TextField
            label={shared.extension}
            hint={shared.extensionHint}
            error={errorOf('extension')}
            name="extension"
            inputMode="numeric"
            autoComplete="off"
          />
          <TextField
            label={texts.fields.team}
            error={errorOf('team')}
            name="team"
            maxLength={100}
            autoComplete="off"
          />
          <TextField
            label={texts.days}
            error={errorOf('days')}
            name="days"
            type="number"
            min={1}
            max={365}
            defaultValue={7}
          />
          <RadioChoice
            legend={texts.deliver}
            name="deliver"
            choices={{ mail: texts.deliverMail, link: texts.deliverLink }}
          />
        </>
      )}
    </FormDialog>
  )
}
