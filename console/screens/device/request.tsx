import { useState } from 'react'
import { ApiError, dataOf, type Wire } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { Notice } from '../../components/notice.tsx'
import { formatFullTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import styles from './device.module.css'
import { deviceMessages } from './messages.ts'

export interface FoundDevice {
  code: string
  request: Wire<'DeviceRequest'>
}

interface RequestProps {
  found: FoundDevice
  onEnd(outcome: 'allowed' | 'denied'): void
}

/** What asks, from where, and the decision. */
export function RequestOfDevice({ found: { code, request }, onEnd }: RequestProps) {
  const texts = useMessages(deviceMessages)
  const language = useLanguage()
  const describeError = useErrorText()
  const { api } = useConsole()
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  async function decide(allow: boolean) {
    setBusy(true)
    setError(undefined)
    try {
      await dataOf(api.POST('/api/v1/sign-in/device/decision', { body: { user_code: code, allow } }))
      onEnd(allow ? 'allowed' : 'denied')
    } catch (err) {
      setError(err instanceof ApiError && err.status === 404 ? texts.unknown : describeError(err))
      setBusy(false)
    }
  }

  return (
    <>
      <p>{texts.asks}</p>
      <dl className={styles.facts}>
        <dt>{texts.device}</dt>
        <dd>{request.client_name}</dd>
        <dt>{texts.address}</dt>
        <dd>{request.address}</dd>
        <dt>{texts.code}</dt>
        <dd>{code.toUpperCase()}</dd>
        <dt>{texts.expires}</dt>
        <dd>{formatFullTime(language, request.expires_at)}</dd>
      </dl>
      <Notice tone="warning">{texts.warning}</Notice>
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      <div className={styles.actions}>
        <Button tone="primary" disabled={isBusy} onClick={() => void decide(true)}>
          {texts.allow}
        </Button>
        <Button disabled={isBusy} onClick={() => void decide(false)}>
          {texts.deny}
        </Button>
      </div>
    </>
  )
}
