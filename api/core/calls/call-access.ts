import type { Actor } from '../actor.ts'
import { isWithinReach, type Reach } from '../auth/supervisor-reach.ts'
import type { Directory } from '../directory/directory.ts'
import type { Call } from './call.ts'

/**
 * Whether a phone was in the call and has left it.
 * @param endpoint of the phone
 */
export function hasLeft({ legs }: Pick<Call, 'legs'>, endpoint: string): boolean {
  const own = legs.filter((leg) => leg.endpoint === endpoint)
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

/** Whether the actor's own phone is or was in the call. */
export function isParty(actor: Actor, call: Call, directory: Pick<Directory, 'endpointOf'>): boolean {
  const own = ownEndpoint(actor, directory)
  return own !== undefined && call.legs.some((leg) => leg.endpoint === own)
}

export function ownEndpoint(
  { claims }: Pick<Actor, 'claims'>,
  directory: Pick<Directory, 'endpointOf'>,
): string | undefined {
  return claims.extension === undefined ? undefined : directory.endpointOf(claims.extension)
}
