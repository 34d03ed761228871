import { useMessages } from '../../i18n/messages.ts'
import { Button } from '../button.tsx'
import { DialogActions } from '../dialog.tsx'
import { showToast } from '../toast.tsx'
import styles from './factors.module.css'
import { factorMessages } from './messages.ts'

/** Recovery codes, which the server gives out only once. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone(): void }) {
  const texts = useMessages(factorMessages)
  async function copy() {
    try {
      // Undefined where the page came without TLS.
      await navigator.clipboard.writeText(codes.join('\n'))
      showToast(texts.copied)
    } catch {
      showToast(texts.copyFailed, 'danger')
    }
  }
  return (
    <>
      <p>{texts.codesWhat}</p>
      <ul className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <DialogActions>
        <Button onClick={() => void copy()}>{texts.copy}</Button>
        <Button tone="primary" onClick={onDone}>
          {texts.codesDone}
        </Button>
      </DialogActions>
    </>
  )
}
