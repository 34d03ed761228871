import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiError, dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { CodeForm } from '../../components/code-form.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './device.module.css'
import { deviceMessages } from './messages.ts'
import { type FoundDevice, RequestOfDevice } from './request.tsx'

/**
 * Where a person lets a device sign in as them. A link may hold the code, and enters it alone: any page can have such a
 * link, so that the person compares the code and decides by a click.
 */
export function DeviceScreen() {
  const texts = useMessages(deviceMessages)
  const { user_code } = useSearch({ from: '/device' })
  const [found, setFound] = useState<FoundDevice>()
  const [outcome, setOutcome] = useState<'allowed' | 'denied'>()

  return (
    <div className={styles.page}>
      <h1>{texts.title}</h1>
      {outcome !== undefined ? (
        <>
          <Notice tone={outcome === 'allowed' ? 'success' : 'info'}>{texts[outcome]}</Notice>
          <div>
            <Button onClick={() => setOutcome(undefined)}>{texts.another}</Button>
          </div>
        </>
      ) : found === undefined ? (
        <FindDevice initial={user_code} onFound={setFound} />
      ) : (
        <RequestOfDevice
          found={found}
          onEnd={(end) => {
            setFound(undefined)
            setOutcome(end)
          }}
        />
      )}
    </div>
  )
}

/** As the device shows it: in capitals, and no word. */
const DEVICE_CODE = {
  autoComplete: 'off',
  autoCapitalize: 'characters',
  spellCheck: false,
  maxLength: 64,
} as const

function FindDevice({ initial, onFound }: { initial: string; onFound(found: FoundDevice): void }) {
  const texts = useMessages(deviceMessages)
  const describeError = useErrorText()
  const { api } = useConsole()

  async function find(code: string) {
    const body = { user_code: code.slice(0, 64) }
    try {
      onFound({ code, request: await dataOf(api.POST('/api/v1/sign-in/device/find', { body })) })
    } catch (err) {
      throw new Error(err instanceof ApiError && err.status === 404 ? texts.unknown : describeError(err))
    }
  }

  return (
    <>
      <p>{texts.intro}</p>
      <CodeForm
        label={texts.code}
        action={texts.next}
        empty={texts.unknown}
        onCode={find}
        field={{ ...DEVICE_CODE, defaultValue: initial }}
      />
    </>
  )
}
