import { Button } from '../../components/button.tsx'
import { Dialog, DialogActions } from '../../components/dialog.tsx'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './admin.module.css'
import { adminMessages } from './messages.ts'

export interface ShownSecret {
  title: string
  /** A password or a link. */
  value: string
}

/** Shows what the server gives out only once. */
export function SecretDialog({ secret, onClose }: { secret: ShownSecret; onClose(): void }) {
  const texts = useMessages(adminMessages)
  async function copy() {
    try {
      // Undefined where the page came without TLS.
      await navigator.clipboard.writeText(secret.value)
      showToast(texts.copied)
    } catch {
      showToast(texts.copyFailed, 'danger')
    }
  }
  return (
    <Dialog title={secret.title} onClose={onClose}>
      <p>{texts.secretOnce}</p>
      <p className={styles.secret}>{secret.value}</p>
      <DialogActions>
        <Button onClick={() => void copy()}>{texts.copy}</Button>
        <Button tone="primary" onClick={onClose}>
          {texts.done}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
