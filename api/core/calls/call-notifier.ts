import { isDeepStrictEqual } from 'node:util'
import { createFailureReporter, type FailureHandler } from '../../../runtime/failure-reporter.ts'
import type { Directory } from '../directory/directory.ts'
import type { Lease } from '../lease.ts'
import type { UserMessages } from '../messaging/user-messages.ts'
import type { Call, Leg } from './call.ts'
import { toCallPayload } from './call-payload.ts'
import type { CallTracker } from './call-tracker.ts'
import type { SupervisorViews } from './supervision/supervisor-views.ts'

export interface CallNotifierNeeds {
  tracker: Pick<CallTracker, 'live' | 'onChange' | 'ofEndpoints'>
  directory: Pick<Directory, 'findByEndpoint' | 'findByUser' | 'endpointsOf' | 'onChange'>
  userMessages: UserMessages
  lease: Pick<Lease, 'fence' | 'onChange'>
  /** Supervisors of whom the users in the call are notified. */
  supervisors?: Pick<SupervisorViews, 'forParties' | 'onChange'>
  onFailure: FailureHandler
}

/**
 * Notifies users of their own calls. Every message carries all calls of that user, so the last one makes up
 * for any that were missed. Only the holder of the lease sends; a new holder notifies all users who are in a
 * call.
 */
export function startCallNotifier({
  tracker,
  directory,
  userMessages,
  lease,
  supervisors,
  onFailure,
}: CallNotifierNeeds): void {
  const reporter = createFailureReporter(onFailure)
  const extensionOf = (endpoint: string) => directory.findByEndpoint(endpoint)?.extension

  const payloadOf = (call: Call) =>
    toCallPayload(call, extensionOf, call.state === 'ended' ? [] : supervisors?.forParties(call))

  function notify(userId: string, call: Call, type: 'incoming_call' | 'call_status', fence: number) {
    const person = directory.findByUser(userId)
    const calls = person === undefined ? [] : tracker.ofEndpoints(directory.endpointsOf(person.extension))
    const message = {
      type,
      call: payloadOf(call),
      calls: calls.map(payloadOf),
    }
    userMessages.send(userId, message, fence).then(reporter.succeeded, reporter.failed)
  }

  tracker.onChange((call, before) => {
    const fence = lease.fence()
    if (fence === undefined || hasSamePayload(call, before)) return
    for (const [userId, legs] of legsByUser(call, before)) {
      const wasRinging =
        before?.legs.some((leg) => legs.includes(leg) || wasRingingCallee(leg, legs)) ?? false
      const rings = legs.some(isRingingCallee) && !wasRinging
      notify(userId, call, rings ? 'incoming_call' : 'call_status', fence)
    }
  })
  supervisors?.onChange((call) => {
    const fence = lease.fence()
    if (fence === undefined) return
    for (const [userId] of legsByUser(call, undefined)) notify(userId, call, 'call_status', fence)
  })
  lease.onChange((fence) => {
    if (fence === undefined) return
    for (const call of tracker.live()) {
      for (const [userId] of legsByUser(call, undefined)) notify(userId, call, 'call_status', fence)
    }
  })

  /** Bridges and channels change more often than the payload of a call. */
  function hasSamePayload(call: Call, before: Call | undefined): boolean {
    return (
      before !== undefined &&
      isDeepStrictEqual(toCallPayload(call, extensionOf), toCallPayload(before, extensionOf))
    )
  }

  /** The legs of each user who is in the call, or was before this change. */
  function legsByUser(call: Call, before: Call | undefined): Map<string, Leg[]> {
    const found = new Map<string, Leg[]>()
    for (const leg of [...call.legs, ...(before?.legs ?? [])]) {
      const person = leg.endpoint === undefined ? undefined : directory.findByEndpoint(leg.endpoint)
      if (person === undefined) continue
      const legs = found.get(person.userId) ?? []
      if (!legs.some(({ channelId }) => channelId === leg.channelId)) legs.push(leg)
      found.set(person.userId, legs)
    }
    return found
  }
}

/** A phone that is called; not the caller's own phone, which rings first when its user dials. */
const isRingingCallee = (leg: Leg) => leg.state === 'ringing' && leg.role === 'callee'
const wasRingingCallee = (before: Leg, legs: readonly Leg[]) =>
  isRingingCallee(before) && legs.some(({ channelId }) => channelId === before.channelId)
