import { useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ApiError, dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { TextField } from '../../components/field.tsx'
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
        <CodeForm initial={user_code} onFound={setFound} />
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

function CodeForm({ initial, onFound }: { initial: string; onFound(found: FoundDevice): void }) {
  const texts = useMessages(deviceMessages)
  const describeError = useErrorText()
  const { api } = useConsole()
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  async function find(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code')).trim()
    if (code === '') return setError(texts.unknown)
    setBusy(true)
    setError(undefined)
    try {
      const body = { user_code: code.slice(0, 64) }
      onFound({ code, request: await dataOf(api.POST('/api/v1/sign-in/device/find', { body })) })
    } catch (err) {
      setError(err instanceof ApiError && err.status === 404 ? texts.unknown : describeError(err))
      setBusy(false)
    }
  }

  return (
    <form className={styles.page} onSubmit={(event) => void find(event)} noValidate>
      <p>{texts.intro}</p>
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      <TextField
        label={texts.code}
        name="code"
        defaultValue={initial}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={64}
        required
      />
      <div>
        <Button tone="primary" type="submit" disabled={isBusy}>
          {texts.next}
        </Button>
      </div>
    </form>
  )
}
