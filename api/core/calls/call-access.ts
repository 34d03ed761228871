import type { Actor } from '../actor.ts'
import { isWithinReach, type Reach } from '../auth/supervisor-reach.ts'
import type { Directory } from '../directory/directory.ts'
import type { Call, Leg } from './call.ts'

/**
 * Whether a user's phones were in the call and have all left it.
 * @param endpoints of the user's phones
 */
export function hasLeft({ legs }: Pick<Call, 'legs'>, endpoints: readonly string[]): boolean {
  const own = legs.filter((leg) => isOneOf(endpoints, leg))
  return own.length > 0 && own.every(({ state }) => state === 'ended')
}

/** Whether a phone of a user within this reach is or was in the call. */
export const coversCall = (
  reach: Reach,
  { legs }: Pick<Call, 'legs'>,
  directory: Pick<Directory, 'findByEndpoint'>,
): boolean =>
  reach.over === 'all' ||
  legs.some(
    ({ endpoint }) => endpoint !== undefined && isWithinReach(reach, directory.findByEndpoint(endpoint)),
  )

/** Whether a phone of the actor's own is or was in the call. */
export function isParty(actor: Actor, call: Call, directory: Pick<Directory, 'endpointsOf'>): boolean {
  const own = ownEndpoints(actor, directory)
  return call.legs.some((leg) => isOneOf(own, leg))
}

/** The actor's desk phone and browser; empty without an extension. */
export function ownEndpoints(
  { claims }: Pick<Actor, 'claims'>,
  directory: Pick<Directory, 'endpointsOf'>,
): readonly string[] {
  return claims.extension === undefined ? [] : directory.endpointsOf(claims.extension)
}

export const isOneOf = (endpoints: readonly string[], { endpoint }: Pick<Leg, 'endpoint'>): boolean =>
  endpoint !== undefined && endpoints.includes(endpoint)
