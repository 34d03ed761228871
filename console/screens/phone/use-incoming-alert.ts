import { useEffect } from 'react'
import { ringing } from '../../app/attention.ts'
import { useMessages } from '../../i18n/messages.ts'
import type { CallCard } from '../../phone/phone-types.ts'
import { phoneMessages } from './messages.ts'
import { useCallNotification } from './use-call-notification.ts'

/** While a call rings: its peer in the title of the page, and a notification if no window of the console is in front. */
export function useIncomingAlert(calls: readonly CallCard[]): void {
  const texts = useMessages(phoneMessages)
  const rung = calls.filter(({ state, direction }) => state === 'ringing' && direction === 'incoming')
  const nameOf = ({ peer }: CallCard) => peer.name || peer.number || texts.unknownCaller
  const [first] = rung
  const text = first === undefined ? undefined : texts.notification(nameOf(first))
  const count = rung.length
  useEffect(() => {
    ringing.set(text === undefined ? undefined : { count, text })
    return () => ringing.set(undefined)
  }, [count, text])
  useCallNotification(rung, nameOf)
}
