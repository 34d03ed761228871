import type { Actor } from '../actor.ts'
import { type FindReach, isWithinReach } from '../auth/supervisor-reach.ts'
import type { Directory, Person } from '../directory/directory.ts'
import { Refusal } from '../refusal.ts'
import type { Call, Leg } from './call.ts'
import { coversCall, isOneOf, isParty, ownEndpoints } from './call-access.ts'
import type { CallTracker } from './call-tracker.ts'

/** Decides which calls an actor may command, and on which legs of a call a command acts. */
export interface LegSelection {
  mayAct(actor: Actor, call: Call): Promise<boolean>
  /** Whether the actor is this user or oversees them. */
  mayActAs(actor: Actor, userId: string): Promise<boolean>
  /** @throws {Refusal} `not_found` also for a call of others: that it exists is not the actor's to know */
  requireCall(actor: Actor, callId: string): Promise<Call>
  /**
   * The leg that a command acts on: the actor's own, else one of a user that the actor oversees.
   * @param description completes "this call has no …"
   * @param fits whether the leg is in a state for the command
   * @throws {Refusal} `not_found`; `conflict` where no such leg fits
   */
  requireLeg(
    actor: Actor,
    callId: string,
    description: string,
    fits: (leg: Leg) => boolean,
  ): Promise<{ call: Call; leg: Leg }>
  /** The same, with every leg of that user that fits: the desk phone and the browser ring together. */
  requireLegs(
    actor: Actor,
    callId: string,
    description: string,
    fits: (leg: Leg) => boolean,
  ): Promise<{ call: Call; legs: readonly [Leg, ...Leg[]] }>
  /**
   * The legs that the actor hangs up: their own phone. If they are not in the call, all legs, unless it
   * includes a phone of a user that they do not oversee: then those of the users that they do oversee.
   * @throws {Refusal} `conflict` when the actor, or every user that they oversee, has left the call
   */
  controllableLegs(actor: Actor, call: Call): Promise<Leg[]>
  /** The user of this phone. */
  ownerOf(leg: Leg): Person | undefined
}

export interface LegSelectionNeeds {
  tracker: Pick<CallTracker, 'find'>
  directory: Directory
  reachOf: FindReach
}

export function createLegSelection({ tracker, directory, reachOf }: LegSelectionNeeds): LegSelection {
  // A user's own call needs no database, and can be ended while that is unavailable.
  const mayAct = async (actor: Actor, call: Call) =>
    isParty(actor, call, directory) || coversCall(await reachOf(actor), call, directory)

  async function requireCall(actor: Actor, callId: string): Promise<Call> {
    const call = tracker.find(callId)
    if (call === undefined || !(await mayAct(actor, call))) throw noSuchCall()
    return call
  }

  const ownerOf = ({ endpoint }: Leg) =>
    endpoint === undefined ? undefined : directory.findByEndpoint(endpoint)

  async function requireLegs(
    actor: Actor,
    callId: string,
    description: string,
    fits: (leg: Leg) => boolean,
  ): Promise<{ call: Call; legs: readonly [Leg, ...Leg[]] }> {
    const call = await requireCall(actor, callId)
    const candidates = liveLegs(call).filter(fits)
    const own = ownEndpoints(actor, directory)
    const [first, ...more] = candidates.filter((leg) => isOneOf(own, leg))
    if (first !== undefined) return { call, legs: [first, ...more] }
    const reach = await reachOf(actor)
    const leg = candidates.find((candidate) => {
      const owner = ownerOf(candidate)
      return owner !== undefined && isWithinReach(reach, owner)
    })
    if (leg === undefined) throw new Refusal('conflict', { detail: `this call has no ${description}` })
    const { userId } = ownerOf(leg) ?? {}
    const others = candidates.filter((other) => other !== leg && ownerOf(other)?.userId === userId)
    return { call, legs: [leg, ...others] }
  }

  return {
    mayAct,
    mayActAs: async (actor, userId) =>
      userId === actor.userId || isWithinReach(await reachOf(actor), directory.findByUser(userId)),
    requireCall,
    requireLegs,
    async requireLeg(...about) {
      const { call, legs } = await requireLegs(...about)
      return { call, leg: legs[0] }
    },
    async controllableLegs(actor, call) {
      const legs = liveLegs(call)
      const own = legs.filter((leg) => ownerOf(leg)?.userId === actor.userId)
      if (own.length > 0) return own
      const reach = await reachOf(actor)
      if (reach.over === 'all') return legs
      if (reach.over === 'none') throw new Refusal('conflict', { detail: 'your phone has left this call' })
      const covered = legs.filter((leg) => isWithinReach(reach, ownerOf(leg)))
      if (covered.length === 0)
        throw new Refusal('conflict', { detail: 'no phone of your team is in this call' })
      return legs.some((leg) => ownerOf(leg) !== undefined && !covered.includes(leg)) ? covered : legs
    },
    ownerOf,
  }
}

export const noSuchCall = () => new Refusal('not_found', { detail: 'no such call' })

export const isUp = (leg: Leg) => leg.state === 'up'
export const isRinging = (leg: Leg) => leg.state === 'ringing'

export const liveLegs = (call: Call): Leg[] => call.legs.filter(({ state }) => state !== 'ended')

/** All legs that have not ended but this one. */
export const otherLegs = (call: Call, own: Leg): Leg[] =>
  liveLegs(call).filter((leg) => leg.channelId !== own.channelId)

/** The same leg in a later state of the call; undefined once it has ended. */
export const findLiveLeg = (call: Call | undefined, { channelId }: Leg): Leg | undefined =>
  call?.legs.find((leg) => leg.channelId === channelId && leg.state !== 'ended')

export const hasLegEnded =
  (leg: Leg) =>
  (call: Call | undefined): boolean =>
    findLiveLeg(call, leg) === undefined

/** The other ends of a leg. @throws {Refusal} `conflict` where there are none */
export function requireOtherLegs(call: Call, own: Leg): [Leg, ...Leg[]] {
  const [first, ...more] = otherLegs(call, own)
  if (first === undefined) throw new Refusal('conflict', { detail: 'nobody else is in this call' })
  return [first, ...more]
}
