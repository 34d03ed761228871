import { useState } from 'react'
import type { Wire } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { Dialog, DialogActions } from '../../components/dialog.tsx'
import { componentMessages } from '../../components/messages.ts'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { systemMessages } from './messages.ts'
import { useCapabilities, useKeys } from './queries.ts'
import { writeSupportReport } from './support-report.ts'
import styles from './system.module.css'

/** Copies the state for a support ticket; where the browser forbids that, it shows the text. */
export function CopyReport({ system }: { system: Wire<'System'> }) {
  const texts = useMessages(systemMessages)
  const { close } = useMessages(componentMessages)
  const capabilities = useCapabilities().data
  const keys = useKeys().data
  const [shown, setShown] = useState<string>()

  async function copy() {
    const report = writeSupportReport({
      system,
      capabilities,
      keys,
      userAgent: navigator.userAgent,
      at: new Date(),
    })
    try {
      // Undefined where the page came without TLS.
      await navigator.clipboard.writeText(report)
      showToast(texts.copied)
    } catch {
      setShown(report)
    }
  }

  return (
    <div className={styles.report}>
      <Button onClick={() => void copy()}>{texts.copyReport}</Button>
      <p className={styles.soft}>{texts.reportWhat}</p>
      {shown !== undefined && (
        <Dialog title={texts.reportTitle} onClose={() => setShown(undefined)}>
          <p>{texts.copyByHand}</p>
          <textarea
            className={styles.text}
            aria-label={texts.report}
            readOnly
            rows={12}
            value={shown}
            onFocus={({ target }) => target.select()}
          />
          <DialogActions>
            <Button onClick={() => setShown(undefined)}>{close}</Button>
          </DialogActions>
        </Dialog>
      )}
    </div>
  )
}
