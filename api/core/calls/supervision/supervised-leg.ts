import { isWithinReach, type Reach } from '../../auth/supervisor-reach.ts'
import type { DialPolicy } from '../../dial-policy/dial-policy.ts'
import type { Directory, Person } from '../../directory/directory.ts'
import { Refusal } from '../../refusal.ts'
import type { Call, Leg } from '../call.ts'
import { liveLegs, otherLegs } from '../leg-selection.ts'

export type EmergencyRules = Pick<DialPolicy, 'reservedKind' | 'embeddedVariants'>

export interface SupervisedLeg {
  agent: Person
  leg: Leg
  /** The other ends of the agent's conversation. */
  peers: readonly Leg[]
}

/**
 * The agent of the call: the user of a phone that talks, and that the supervisor oversees. Of two such, the one who called.
 * @throws {Refusal} `conflict` when no such phone talks
 */
export function requireSupervisedLeg(
  call: Call,
  reach: Reach,
  directory: Pick<Directory, 'findByEndpoint'>,
): SupervisedLeg {
  for (const leg of liveLegs(call)) {
    const agent = leg.endpoint === undefined ? undefined : directory.findByEndpoint(leg.endpoint)
    const peers = peersOf(call, leg)
    if (agent !== undefined && isWithinReach(reach, agent) && peers.length > 0) return { agent, leg, peers }
  }
  throw new Refusal('conflict', { detail: 'no phone of your team talks in this call' })
}

/** The ends that it talks with: those in its bridge. */
export const peersOf = (call: Call, leg: Leg): Leg[] =>
  leg.state !== 'up' || leg.bridge === undefined
    ? []
    : otherLegs(call, leg).filter(({ state, bridge }) => state === 'up' && bridge === leg.bridge)

/** Whether the agent no longer talks with any of those whom they talked with: the call ended or went elsewhere. */
export function hasMoved(call: Call | undefined, channelId: string, peers: ReadonlySet<string>): boolean {
  const leg = call?.legs.find((one) => one.channelId === channelId && one.state !== 'ended')
  if (call === undefined || leg === undefined) return true
  return !peersOf(call, leg).some((peer) => peers.has(peer.channelId))
}

/** Whether an end that the agent talked with is still in the call: the agent left it, or it went elsewhere. */
export function goesOn(call: Call, channelId: string, peers: ReadonlySet<string>): boolean {
  const isUp = ({ state }: Leg) => state === 'up'
  const hasAgent = call.legs.some((one) => one.channelId === channelId && isUp(one))
  return call.legs
    .filter((one) => peers.has(one.channelId) && isUp(one))
    .some((peer) => {
      if (peer.parkingSpace !== undefined || peer.transferred === true) return true
      return peer.bridge !== undefined && (hasAgent || peersOf(call, peer).length > 0)
    })
}

/**
 * Whether any end of the call is an emergency service, by all numbers of it: also one that calls back, or that a
 * transfer or a consultation reached.
 * @param reservedKind of the dial policy; throws for what is no number
 */
export function isEmergencyCall(
  { from, to, legs, numbers }: Pick<Call, 'from' | 'to' | 'legs' | 'numbers'>,
  policy: EmergencyRules,
): boolean {
  const isEmergency = (number: string) => {
    try {
      const spellings = [number, ...policy.embeddedVariants(number)]
      return spellings.some((one) => policy.reservedKind(one) === 'emergency')
    } catch (err) {
      if (err instanceof Refusal) return false
      throw err
    }
  }
  return [from.number, to.number, ...legs.map(({ number }) => number), ...numbers].some(isEmergency)
}
