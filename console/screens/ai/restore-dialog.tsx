import { ApiError } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/dialog.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import type { DocumentAccess } from './document-access.ts'
import { aiMessages } from './messages.ts'
import { useChanged } from './use-changed.ts'

interface RestoreDialogProps {
  access: DocumentAccess
  version: number
  /** The stored version, which is replaced; 0: none. */
  current: number
  /** The number that the restored version will have. */
  next: number
  onClose(): void
}

/** Saves the content of an older version again, on top of the version that is shown. */
export function RestoreDialog({ access, version, current, next, onClose }: RestoreDialogProps) {
  const { history: texts } = useMessages(aiMessages)
  const describeError = useErrorText()
  const changed = useChanged(access)
  async function restore() {
    try {
      const old = await access.read(version)
      if (old === null) return
      const written = await access.write(old.values, current)
      showToast(texts.restored(version, written.version))
      void changed(written)
    } catch (err) {
      if (isStale(err)) void changed()
      throw err
    }
  }
  return (
    <ConfirmDialog
      title={texts.restoreTitle(version)}
      action={texts.restore}
      tone="primary"
      onConfirm={restore}
      onClose={onClose}
      describeError={(err) => (isStale(err) ? texts.stale : describeError(err))}
    >
      {texts.restoreWhat(version, next)}
    </ConfirmDialog>
  )
}

const isStale = (err: unknown) => err instanceof ApiError && err.status === 412
