import { sha256 } from '../../../runtime/hash.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import { type FindReach, isWithinReach, type Reach } from '../auth/supervisor-reach.ts'
import type { Clearance } from '../dial-policy/clearance.ts'
import type { DialLimits, IdempotencyKeys } from '../dial-policy/dial-limits.ts'
import type { DialPolicy } from '../dial-policy/dial-policy.ts'
import { DIALABLE } from '../dial-policy/parse-number.ts'
import type { Directory, Person } from '../directory/directory.ts'
import { Refusal } from '../refusal.ts'
import type { DialingActor, DialRequest } from './call-control.ts'
import type { PlacedCallStore } from './call-history.ts'
import { toApiCallId } from './call-id.ts'
import type { CallWaiter } from './call-waiter.ts'
import { endpointFor } from './own-phone.ts'
import type { Pbx } from './pbx.ts'

export interface PlaceCallNeeds {
  pbx: Pbx
  waiter: CallWaiter
  policy: () => Pick<DialPolicy, 'limits' | 'allowedCallerNumber'>
  clearNumber: Clearance
  limits: DialLimits
  idempotencyKeys: IdempotencyKeys
  placedCalls: PlacedCallStore
  directory: Directory
  /** Which phones of an extension are registered. */
  registered(extension: string): { phone: boolean; web: boolean }
  reachOf: FindReach
  newId(): string
  now(): number
  ringMs: number
}

/** How long the PBX may take to reconnect and report a call that was being placed, in ms. */
const RECONNECT_TIMEOUT_MS = 8_000

/**
 * How old a stored request may be when its Originate is sent, in ms. A process that stalls after it has stored the
 * request, or waits for the database, must not send it later: the history writer of another process has then ended the
 * call (`placeTimeoutMs`), and a campaign may be calling the number again. No check in a store can prevent this, because
 * a process may stall after the check. This check and the write to the socket run without a pause between them.
 *
 * With the 8 s in which the PBX has to accept an action it is 13 s, less than the shortest `placeTimeoutMs`, 15 s. For an
 * Originate that reaches the PBX even later, because the PBX itself stalls, the history writer leaves a hang-up pending.
 */
const SEND_TIMEOUT_MS = 5_000

/** Places a call: checks the rules, then sends one Originate, and never a second one, whatever its result. */
export function createPlaceCall(needs: PlaceCallNeeds) {
  const { pbx, waiter, limits, idempotencyKeys, placedCalls, directory } = needs

  return async (actor: DialingActor, request: DialRequest): Promise<{ callId: string }> => {
    const policy = needs.policy()
    const caller = await findCaller(actor, request.userId)
    const { device = 'any' } = request
    const { number, isEmergency } = await needs.clearNumber(request.number)
    if (number === caller.extension) {
      throw new Refusal('input_invalid', { detail: 'this is the number of the phone that calls' })
    }
    const callerId = { name: caller.name, number: callerNumberOf(caller, request, policy) }
    const { online } = pbx.state()
    if (!online) throw new Refusal('unavailable', { detail: 'the PBX is away', retryAfter: 2 })

    /** An emergency call is placed even while a store is unavailable. */
    const tolerateOutage = <T>(work: Promise<T>) =>
      isEmergency
        ? work.catch((err) => {
            if (err instanceof Refusal && err.code !== 'unavailable') throw err
            return undefined
          })
        : work
    const callId = request.callId ?? toApiCallId(needs.newId())
    const key = request.idempotencyKey
    if (key !== undefined) {
      // Without a device as before there were any: a retry may reach another version of the API.
      const devices = device === 'any' ? [] : [device]
      const fingerprint = sha256(JSON.stringify([caller.userId, number, callerId.number, ...devices]))
      const claimed = await tolerateOutage(idempotencyKeys.claim(actor.userId, key, fingerprint, callId))
      if (claimed !== undefined && claimed !== callId) return { callId: claimed }
    }
    /** No phone rang: the call does not count, and the same key may be used again. */
    const releaseKey = async () => key !== undefined && idempotencyKeys.release(actor.userId, key, callId)
    const rollBack = () => Promise.allSettled([limits.release(caller.userId, callId), releaseKey()])
    if (device === 'browser' && !isEmergency && !needs.registered(caller.extension).web) {
      await Promise.allSettled([releaseKey()])
      throw new Refusal('conflict', { detail: 'no browser is registered as a phone of this extension' })
    }

    let requestedAt: number
    try {
      if (!isEmergency) await limits.acquire(caller.userId, callId, policy.limits)
      requestedAt = needs.now()
      const createdAt = toUnixSeconds(requestedAt)
      await tolerateOutage(
        placedCalls.add({ id: callId, userId: caller.userId, number, createdAt, outcome: null }),
      )
    } catch (err) {
      await rollBack()
      throw err
    }
    try {
      // No `await` between this check and the socket. No campaign calls an emergency number, so that may be late.
      if (!isEmergency && needs.now() - requestedAt > SEND_TIMEOUT_MS) {
        throw new Refusal('unavailable', { detail: 'the call could not be placed in time', retryAfter: 2 })
      }
      await pbx.dial({
        callId,
        ...endpointFor(caller.extension, device, needs),
        number,
        callerId,
        ringMs: needs.ringMs,
      })
    } catch (err) {
      if (err instanceof Refusal && err.code === 'unconfirmed') {
        // The phone may ring by now, so it must not be sent again: the PBX reports the call once it is
        // connected again.
        await waiter.until(callId, (call) => call !== undefined, RECONNECT_TIMEOUT_MS)
        return { callId }
      }
      await rollBack()
      const known = err instanceof Refusal && err.code === 'unknown_number'
      await tolerateOutage(placedCalls.finish(callId, known ? 'unknown_number' : 'failed'))
      throw err
    }
    return { callId }
  }

  async function findCaller(actor: DialingActor, userId: string | undefined): Promise<Person> {
    const id = userId ?? actor.userId
    // No query for the actor's own phone: emergency calls must work without the database.
    const reach: Reach = id === actor.userId ? { over: 'all' } : await needs.reachOf(actor)
    if (reach.over === 'none') throw new Refusal('forbidden', { detail: 'only supervisors dial for others' })
    const find = () => {
      const person = directory.findByUser(id)
      return person !== undefined && isWithinReach(reach, person) ? person : undefined
    }
    const known = find()
    if (known !== undefined) return known
    await directory.refresh()
    const person = find()
    if (person !== undefined) return person
    throw new Refusal(id === actor.userId ? 'conflict' : 'not_found', {
      detail: 'this user has no extension, so there is no phone to ring',
    })
  }
}

/** Only numbers of the user: showing another user's number would deceive the callee. */
function callerNumberOf(
  caller: Person,
  { callerNumber }: DialRequest,
  policy: Pick<DialPolicy, 'allowedCallerNumber'>,
): string | undefined {
  if (callerNumber === undefined || callerNumber === caller.extension) {
    // Older accounts may have an extension with letters: they call without a number.
    return DIALABLE.test(caller.extension) ? caller.extension : undefined
  }
  const own = policy.allowedCallerNumber(caller.extension, callerNumber)
  if (own !== undefined) return own
  throw new Refusal('dial_denied', { detail: 'caller_number is not one of the user’s own' })
}
