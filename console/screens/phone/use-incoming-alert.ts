import { useEffect } from 'react'
import { useMessages } from '../../i18n/messages.ts'
import type { CallCard } from '../../phone/phone-types.ts'
import { phoneMessages } from './messages.ts'

const BLINK_MS = 1_000

/** While a call rings: its peer in the title of the page, a notification if the page is hidden, and a badge on an installed page. */
export function useIncomingAlert(calls: readonly CallCard[]): void {
  const texts = useMessages(phoneMessages)
  const ringing = calls.filter(({ state, direction }) => state === 'ringing' && direction === 'incoming')
  const first = ringing[0]
  const peer = first === undefined ? undefined : first.peer.name || first.peer.number || texts.unknownCaller
  const key = first?.id

  useEffect(() => {
    if (peer === undefined || key === undefined) return
    const text = texts.notification(peer)
    const title = document.title
    let isOn = false
    const blink = () => {
      isOn = !isOn
      document.title = isOn ? `📞 ${text}` : title
    }
    blink()
    const timer = setInterval(blink, BLINK_MS)
    const notification = notify(text, key)
    return () => {
      clearInterval(timer)
      document.title = title
      notification?.close()
    }
  }, [key, peer, texts])

  const count = ringing.length
  useEffect(() => {
    if (!('setAppBadge' in navigator)) return
    void (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => {})
  }, [count])
}

function notify(text: string, tag: string): Notification | undefined {
  if (!('Notification' in window) || Notification.permission !== 'granted') return undefined
  if (document.visibilityState === 'visible' && document.hasFocus()) return undefined
  try {
    // The same tag in each tab of this browser: it is shown once.
    const notification = new Notification('Hookswitch', { body: text, tag, requireInteraction: true })
    notification.onclick = () => {
      window.focus()
      notification.close()
    }
    return notification
  } catch {
    // Browsers of phones show notifications by a service worker alone.
    return undefined
  }
}
