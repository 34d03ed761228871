import type { Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { ConfirmDialog } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { useReloadLists } from '../reload-lists.ts'
import { tokenMessages } from './messages.ts'

export function RevokeTokenDialog({ token, onClose }: { token: Wire<'ServiceToken'>; onClose(): void }) {
  const texts = useMessages(tokenMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  const describeError = useErrorText()
  async function revoke() {
    await api.DELETE('/api/v1/service-tokens/{tokenId}', { params: { path: { tokenId: token.id } } })
    showToast(texts.revoked)
    reload()
  }
  return (
    <ConfirmDialog
      title={texts.revokeTitle}
      action={texts.revoke}
      onConfirm={revoke}
      onClose={onClose}
      describeError={describeError}
    >
      <p>
        <bdi>{token.name}</bdi>
      </p>
      <p>{texts.revokeWhat}</p>
    </ConfirmDialog>
  )
}
