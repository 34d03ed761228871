import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Notice } from '../../../components/notice.tsx'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { FormDialog } from '../form-dialog.tsx'
import { RadioChoice } from '../radio-choice.tsx'
import { useReloadLists } from '../reload-lists.ts'
import { invitationMessages } from './messages.ts'

export function ResendDialog({
  invitation,
  onLink,
  onClose,
}: {
  invitation: Wire<'Invitation'>
  onLink(link: string): void
  onClose(): void
}) {
  const texts = useMessages(invitationMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  const hasAddress = invitation.email !== null

  async function submit(form: FormData) {
    const { link } = await dataOf(
      api.POST('/api/v1/invitations/{invitationId}/resend', {
        params: { path: { invitationId: invitation.id } },
        body: { deliver: hasAddress && form.get('deliver') === 'mail' ? 'mail' : 'link' },
      }),
    )
    reload()
    if (link !== null) {
      onLink(link)
      return 'stay'
    }
    showToast(texts.sent)
    return undefined
  }

  return (
    <FormDialog title={texts.resendTitle} action={texts.resendAction} onSubmit={submit} onClose={onClose}>
      {() => (
        <>
          <p>
            <bdi>{invitation.email ?? texts.anyAddress}</bdi>
          </p>
          <Notice tone="warning">{texts.resendWhat}</Notice>
          {hasAddress && (
            <RadioChoice
              legend={texts.deliver}
              name="deliver"
              choices={{ mail: texts.deliverMail, link: texts.deliverLink }}
            />
          )}
        </>
      )}
    </FormDialog>
  )
}
