import type { ReactNode } from 'react'
import type { Wire } from '../../api/client.ts'
import { useMessages } from '../../i18n/messages.ts'
import { CodeForm, SIX_DIGITS } from '../code-form.tsx'
import styles from './factors.module.css'
import { factorMessages } from './messages.ts'

/** What an authenticator app scans, and the first code that confirms it. */
export function TotpForm({
  setup,
  onCode,
  actions,
}: {
  setup: Wire<'TotpSetup'>
  onCode(code: string): Promise<void>
  actions?: ((confirm: ReactNode) => ReactNode) | undefined
}) {
  const texts = useMessages(factorMessages)
  return (
    <>
      <p>{texts.scan}</p>
      <img className={styles.qr} src={setup.qr} alt={texts.qrName} />
      <p>
        {texts.secret}: <span className={styles.secret}>{setup.secret}</span>
      </p>
      <CodeForm
        label={texts.code}
        hint={texts.codeHint}
        action={texts.confirm}
        onCode={onCode}
        actions={actions}
        field={SIX_DIGITS}
      />
    </>
  )
}
