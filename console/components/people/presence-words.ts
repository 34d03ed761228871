import type { PresenceOf } from '../../app/live/live-messages.ts'
import type { messages } from './messages.en.ts'

/** How a person is shown: each tone has a colour and a shape of its own. */
export type PresenceTone = 'free' | 'ringing' | 'busy' | 'away' | 'off'

type Texts = typeof messages

export function presenceTone(presence: PresenceOf | undefined): PresenceTone {
  switch (presence?.state) {
    case 'Ringing':
    case 'Ring':
      return 'ringing'
    case 'Up':
    case 'Busy':
    case 'OnHold':
      return 'busy'
    case 'Idle':
      return presence.status === 'dnd' ? 'busy' : presence.status === 'away' ? 'away' : 'free'
    default:
      return presence?.status === 'dnd' ? 'busy' : 'off'
  }
}

/** The number at the other end, if it is known. */
export const partnerOf = (presence: PresenceOf | undefined): string | undefined =>
  Object.values(presence?.channels ?? {})[0]?.number || undefined

/**
 * The state of the phone and the user’s own status, in words: `On a call with Ana · Away`.
 *
 * @param partnerName of the one at the other end; without it the number is shown
 */
export function presenceWords(texts: Texts, presence: PresenceOf | undefined, partnerName?: string): string {
  if (presence === undefined) return texts.unknown
  const { state, status } = presence
  // Others see a phone as unavailable because its user wants it so.
  if (state === 'Unavailable' && (status === 'dnd' || status === 'offline')) return texts.statuses[status]
  const partner = partnerName || partnerOf(presence)
  const words = partner ? texts.statesWith[state](partner) : texts.states[state]
  return status === undefined || status === 'available' ? words : `${words} · ${texts.statuses[status]}`
}
