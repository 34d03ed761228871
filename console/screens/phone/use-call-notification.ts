import { useEffect, useRef } from 'react'
import { useConsole, useStore } from '../../app/console-context.ts'
import { onWorkerMessage, sendToWorker } from '../../app/install/worker-link.ts'
import { areNamesShown } from '../../app/notification-names.ts'
import { randomId } from '../../app/random-id.ts'
import { useMessages } from '../../i18n/messages.ts'
import type { CallCard } from '../../phone/phone-types.ts'
import { phoneMessages } from './messages.ts'
import { usePhone } from './use-phone.ts'

const TITLE = 'Hookswitch'

/**
 * A notification for each call that rings, with buttons, while no window of the console is in front. The tab that holds
 * the phone sends them to the service worker, and does what a button asks.
 * @param calls that ring
 * @param nameOf the caller, as the page shows it
 */
export function useCallNotification(calls: readonly CallCard[], nameOf: (call: CallCard) => string): void {
  const texts = useMessages(phoneMessages)
  const { session } = useConsole()
  const { phone, run } = usePhone()
  const isHolder = useStore(session.isLeader)
  /**
   * By the id of the card. A notification may outlive its call, and ids of cards come again after the next sign-in: a key
   * names one call for ever.
   */
  const keys = useRef(new Map<string, string>())

  const rung = JSON.stringify(calls.map((call) => [call.id, nameOf(call)]))
  useEffect(() => {
    const known = keys.current
    const all = JSON.parse(rung) as [id: string, name: string][]
    keys.current = new Map(all.map(([id]) => [id, known.get(id) ?? randomId()]))
    if (!isHolder || !isPermitted()) return
    const ringing = all.map(([id, name]) => ({
      key: keys.current.get(id) ?? '',
      title: TITLE,
      body: areNamesShown() ? texts.notification(name) : texts.incoming,
      answer: texts.answer,
      decline: texts.decline,
    }))
    if (sendToWorker({ type: 'ringing', calls: ringing })) return
    const shown = isInFront() ? [] : ringing.flatMap(({ key, body }) => showWithoutWorker(key, body))
    return () => {
      for (const one of shown) one.close()
    }
  }, [rung, isHolder, texts])

  useEffect(() => {
    // The calls end with the tab.
    const end = () => void sendToWorker({ type: 'ringing', calls: [] })
    if (!isHolder) return
    window.addEventListener('pagehide', end)
    return () => {
      window.removeEventListener('pagehide', end)
      end()
    }
  }, [isHolder])

  const runNewest = useRef(run)
  runNewest.current = run
  useEffect(
    () =>
      onWorkerMessage((message) => {
        if (message.type !== 'call-action') return
        const { key, action } = message
        const [id] = [...keys.current].find(([, one]) => one === key) ?? []
        // Only this very call, and only while it rings: it may have been answered at another phone meanwhile.
        const call = phone.snapshot.get().calls.find((one) => one.id === id)
        if (call?.state === 'ringing') runNewest.current(phone.run(action, call.id))
      }),
    [phone],
  )
}

const isPermitted = () => 'Notification' in window && Notification.permission === 'granted'
const isInFront = () => document.visibilityState === 'visible' && document.hasFocus()

/** Without buttons: the worker is not there yet, or the browser has none. */
function showWithoutWorker(tag: string, body: string): Notification[] {
  try {
    const notification = new Notification(TITLE, { body, tag, requireInteraction: true })
    notification.onclick = () => {
      window.focus()
      notification.close()
    }
    return [notification]
  } catch {
    // Browsers of phones show notifications by a service worker alone.
    return []
  }
}
