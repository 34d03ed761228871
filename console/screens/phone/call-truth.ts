import type { LiveCall } from '../../app/live/live-messages.ts'
import type { CallCard } from '../../phone/phone-types.ts'

/** What a card shows. `calling`: the own end is connected, and the other one rings. */
type ShownState = CallCard['state'] | 'calling' | 'ringing-there'

interface CallTruth {
  state: ShownState
  /** The other end as the PBX shows it; undefined where it does not know better than SIP. */
  peer: { number: string; name: string } | undefined
  /** When the other end answered, ISO 8601. */
  answeredAt: string | undefined
  /** Why it ended otherwise than by a hang-up. */
  outcome: LiveCall['outcome']
  /** Whether the API knows this call as answered on another phone of mine. */
  isElsewhere: boolean
}

/**
 * A call as a person sees it. SIP knows the own end alone, which is connected before the other end rings; the API knows
 * the other end.
 * @param call the API's call; undefined while it is not known
 * @param own the extension of this user
 */
export function truthOf(card: CallCard, call: LiveCall | undefined, own: string | undefined): CallTruth {
  const none = { peer: undefined, answeredAt: undefined, outcome: null, isElsewhere: false }
  if (call === undefined) {
    return {
      ...none,
      state: card.state === 'ringing' && card.direction === 'outgoing' ? 'calling' : card.state,
    }
  }
  const others = call.legs.filter(({ extension, number }) => extension !== own && number !== own)
  const talking = others.filter(({ state }) => state === 'up')
  // After a transfer another one than the call began with.
  const [leg] = talking.length === 1 ? talking : []
  const party = card.direction === 'incoming' ? call.from : call.to
  const peer = leg ?? (party.number === '' || party.number === own ? undefined : party)
  return {
    state: stateOf(card, call, own),
    peer: peer && { number: peer.number, name: peer.name },
    answeredAt: call.answered_at ?? undefined,
    outcome: call.outcome,
    isElsewhere:
      card.state === 'ended' &&
      card.startedAt === undefined &&
      card.direction === 'incoming' &&
      call.legs.some(({ extension, state }) => extension === own && state === 'up'),
  }
}

function stateOf(card: CallCard, call: LiveCall, own: string | undefined): ShownState {
  const { state, direction } = card
  if (direction === 'outgoing' && (state === 'ringing' || state === 'answering')) return 'calling'
  if (state !== 'active') return state
  if (call.state === 'dialling' || call.state === 'asked') return 'calling'
  if (call.state === 'ringing') return 'ringing-there'
  const isHeldByOther = call.legs.some(({ holds, extension }) => holds && extension !== own)
  return call.state === 'held' && isHeldByOther ? 'remote-held' : state
}

/**
 * My calls that no card of this page shows. A card may stand for a call that the PBX has joined with another one, as when
 * a parked call is taken back: then one of the others is the card’s.
 */
export function callsOnOtherPhones(
  calls: readonly LiveCall[],
  cards: readonly CallCard[],
  own: string | undefined,
): LiveCall[] {
  const live = cards.filter(({ state }) => state !== 'ended')
  const isMine = ({ legs }: LiveCall) =>
    legs.some(({ extension, state }) => extension === own && state === 'up')
  const unknown = live.filter(({ apiCallId }) => calls.every(({ id }) => id !== apiCallId)).length
  const others = calls.filter((call) => isMine(call) && live.every(({ apiCallId }) => apiCallId !== call.id))
  return others.slice(unknown)
}

/** An incoming call that ended before it was taken here. */
export const wasNeverHere = ({ state, direction, startedAt }: CallCard): boolean =>
  state === 'ended' && direction === 'incoming' && startedAt === undefined

/** The cards of this page, without those of calls that go on as calls on other phones: one call is one card. */
export function ownCards(
  cards: readonly CallCard[],
  calls: readonly LiveCall[],
  own: string | undefined,
): CallCard[] {
  const others = callsOnOtherPhones(calls, cards, own)
  return cards.filter((card) => !wasNeverHere(card) || others.every(({ id }) => id !== card.apiCallId))
}

/**
 * Whether the dock of a narrow window opens or closes by itself: it opens for a call that rings in or is held by this
 * page, and closes if another phone took the call, as the screen behind it may be about that call.
 * @param known the ids of the cards that were live before
 * @param byItself whether it has opened by itself
 */
export function dockChange(
  cards: readonly CallCard[],
  known: ReadonlySet<string>,
  byItself: boolean,
): 'open' | 'close' | undefined {
  const live = cards.filter(({ state }) => state !== 'ended')
  if (live.some(({ id }) => !known.has(id))) return 'open'
  return byItself && live.length === 0 && cards.length > 0 && cards.every(wasNeverHere) ? 'close' : undefined
}
