import { useMessages } from '../i18n/messages.ts'
import { Button } from './button.tsx'
import { Dialog, DialogActions } from './dialog.tsx'
import { componentMessages } from './messages.ts'
import styles from './secret-dialog.module.css'
import { showToast } from './toast.tsx'

export interface ShownSecret {
  title: string
  /** A password or a link. */
  value: string
  /** What to do with it now; by default, to hand it over. */
  hint?: string
}

/** Shows what the server gives out only once. */
export function SecretDialog({ secret, onClose }: { secret: ShownSecret; onClose(): void }) {
  const texts = useMessages(componentMessages)
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
      <p>{secret.hint ?? texts.secretOnce}</p>
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
