import { isDeepStrictEqual } from 'node:util'
import type { Directory } from '../directory/directory.ts'
import type { Lease } from '../lease.ts'
import type { News } from '../messaging/user-messages.ts'
import type { Call, Leg } from './call.ts'
import { toldCall } from './call-payload.ts'
import type { CallTable } from './call-tracker.ts'

export interface TellingNeeds {
  table: Pick<CallTable, 'live' | 'onChange' | 'ofEndpoint'>
  directory: Pick<Directory, 'ofEndpoint' | 'ofUser' | 'endpointOf' | 'onChange'>
  news: News
  lease: Pick<Lease, 'fence' | 'onChange'>
  onTrouble(err: unknown): void
}

/**
 * Tells users of their own calls. Every message carries all calls of that user, so the last one heals
 * whatever was missed. One API does it at a time, by the lease; a new holder tells everybody who is in a call.
 */
export function createTelling({ table, directory, news, lease, onTrouble }: TellingNeeds): void {
  const extensionOf = (endpoint: string) => directory.ofEndpoint(endpoint)?.extension

  function tell(userId: string, call: Call, type: 'incoming_call' | 'call_status', fence: number) {
    const person = directory.ofUser(userId)
    const calls = person === undefined ? [] : table.ofEndpoint(directory.endpointOf(person.extension))
    const message = {
      type,
      call: toldCall(call, extensionOf),
      calls: calls.map((one) => toldCall(one, extensionOf)),
    }
    news.tell(userId, message, fence).catch(onTrouble)
  }

  table.onChange((call, before) => {
    const fence = lease.fence()
    if (fence === undefined || looksAsBefore(call, before)) return
    for (const [userId, legs] of legsByUser(call, before)) {
      const wasRinging = before?.legs.some((leg) => legs.includes(leg) || isRungOf(leg, legs)) ?? false
      const rings = legs.some(isRung) && !wasRinging
      tell(userId, call, rings ? 'incoming_call' : 'call_status', fence)
    }
  })
  lease.onChange((fence) => {
    if (fence === undefined) return
    for (const call of table.live()) {
      for (const [userId] of legsByUser(call, undefined)) tell(userId, call, 'call_status', fence)
    }
  })

  /** Bridges and channels change more often than what is shown of a call. */
  function looksAsBefore(call: Call, before: Call | undefined): boolean {
    return (
      before !== undefined && isDeepStrictEqual(toldCall(call, extensionOf), toldCall(before, extensionOf))
    )
  }

  /** Whoever is in it, and whoever was in it a moment ago. */
  function legsByUser(call: Call, before: Call | undefined): Map<string, Leg[]> {
    const found = new Map<string, Leg[]>()
    for (const leg of [...call.legs, ...(before?.legs ?? [])]) {
      const person = leg.endpoint === undefined ? undefined : directory.ofEndpoint(leg.endpoint)
      if (person === undefined) continue
      const legs = found.get(person.userId) ?? []
      if (!legs.some(({ channelId }) => channelId === leg.channelId)) legs.push(leg)
      found.set(person.userId, legs)
    }
    return found
  }
}

/** A phone that somebody calls; not the own phone that rings because its user dials. */
const isRung = (leg: Leg) => leg.state === 'ringing' && leg.role === 'callee'
const isRungOf = (before: Leg, legs: readonly Leg[]) =>
  isRung(before) && legs.some(({ channelId }) => channelId === before.channelId)
