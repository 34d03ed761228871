import { ApiError } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/dialog.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import type { DocumentAccess } from './document-access.ts'
import { aiMessages } from './messages.ts'
import { useChanged } from './use-changed.ts'

interface DeleteDialogProps {
  access: DocumentAccess
  version: number
  title: string
  what: string
  onDeleted?: (() => void) | undefined
  onClose(): void
}

/** Deletes the version that is shown; a newer one is loaded and shown instead. */
export function DeleteDialog({ access, version, title, what, onDeleted, onClose }: DeleteDialogProps) {
  const texts = useMessages(aiMessages)
  const describeError = useErrorText()
  const changed = useChanged(access)
  async function remove() {
    try {
      await access.remove?.(version)
    } catch (err) {
      if (err instanceof ApiError && err.status === 412) void changed()
      throw err
    }
    showToast(texts.deleted)
    if (onDeleted === undefined) await changed(null)
    else onDeleted()
  }
  return (
    <ConfirmDialog
      title={title}
      action={texts.delete}
      onConfirm={remove}
      onClose={onClose}
      describeError={describeError}
    >
      {what}
    </ConfirmDialog>
  )
}
