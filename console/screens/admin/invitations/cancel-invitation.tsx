import type { Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { ConfirmDialog } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { useReloadLists } from '../reload-lists.ts'
import { invitationMessages } from './messages.ts'

export function CancelDialog({ invitation, onClose }: { invitation: Wire<'Invitation'>; onClose(): void }) {
  const texts = useMessages(invitationMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  const describeError = useErrorText()
  async function cancel() {
    await api.DELETE('/api/v1/invitations/{invitationId}', {
      params: { path: { invitationId: invitation.id } },
    })
    showToast(texts.cancelled)
    reload()
  }
  return (
    <ConfirmDialog
      title={texts.cancelTitle}
      action={texts.cancelAction}
      onConfirm={cancel}
      onClose={onClose}
      describeError={describeError}
    >
      <p>
        <bdi>{invitation.email ?? texts.anyAddress}</bdi>
      </p>
      <p>{texts.cancelWhat}</p>
    </ConfirmDialog>
  )
}
