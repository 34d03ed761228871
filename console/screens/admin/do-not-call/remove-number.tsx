import { useConsole } from '../../../app/console-context.ts'
import { ConfirmDialog } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { useReloadLists } from '../reload-lists.ts'
import { doNotCallMessages } from './messages.ts'

export function RemoveNumberDialog({ number, onClose }: { number: string; onClose(): void }) {
  const texts = useMessages(doNotCallMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  const describeError = useErrorText()
  async function remove() {
    await api.DELETE('/api/v1/do-not-call/{number}', { params: { path: { number } } })
    showToast(texts.removed(number))
    reload()
  }
  return (
    <ConfirmDialog
      title={texts.removeTitle(number)}
      action={texts.removeAction}
      onConfirm={remove}
      onClose={onClose}
      describeError={describeError}
    >
      {texts.removeWhat}
    </ConfirmDialog>
  )
}
