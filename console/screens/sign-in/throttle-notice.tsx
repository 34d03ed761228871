import { useEffect, useState } from 'react'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { signInMessages } from './messages.ts'

/** Counts down until the next try is permitted. A screen reader reads the whole wait once, not every second. */
export function ThrottleNotice({ waitMs, onEnd }: { waitMs: number; onEnd(): void }) {
  const { throttled } = useMessages(signInMessages).errors
  const [until] = useState(() => Date.now() + waitMs)
  const [leftS, setLeftS] = useState(Math.ceil(waitMs / 1_000))
  useEffect(() => {
    const timer = setInterval(() => {
      const next = Math.ceil((until - Date.now()) / 1_000)
      setLeftS(Math.max(next, 0))
      if (next <= 0) onEnd()
    }, 500)
    return () => clearInterval(timer)
  }, [until, onEnd])
  return (
    <>
      <Notice tone="danger" isSilent>
        <span aria-hidden="true">{throttled(leftS)}</span>
      </Notice>
      <p role="alert" className="visually-hidden">
        {throttled(Math.ceil(waitMs / 1_000))}
      </p>
    </>
  )
}
