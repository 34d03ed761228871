import type { Claims } from '../../../contract/claims.ts'
import type { Actor } from '../actor.ts'
import type { Directory } from '../presence/directory.ts'
import { Refusal } from '../refusal.ts'
import type { Call, Leg } from './call.ts'

/** Whether a phone was in the call and is no more, by its endpoint. */
export function hasLeft({ legs }: Pick<Call, 'legs'>, endpoint: string): boolean {
  const own = legs.filter((leg) => leg.endpoint === endpoint)
  return own.length > 0 && own.every(({ state }) => state === 'ended')
}

/** Supervisors and admins act on every call; a user on those their own phone is in. */
export const overseesAll = ({ claims }: { claims: Pick<Claims, 'role'> }): boolean => claims.role !== 'user'

/** Whether the actor's own phone is or was in the call. */
export function isParty(actor: Actor, call: Call, directory: Pick<Directory, 'endpointOf'>): boolean {
  const own = ownEndpoint(actor, directory)
  return own !== undefined && call.legs.some((leg) => leg.endpoint === own)
}

/**
 * The leg a command is for: the actor's own; for those who oversee all, one whose phone belongs to a user.
 * @param fits what the leg must be like
 * @throws {Refusal} `conflict` where there is none
 */
export function legFor(
  actor: Actor,
  call: Call,
  directory: Pick<Directory, 'endpointOf' | 'ofEndpoint'>,
  fits: (leg: Leg) => boolean,
  wanted: string,
): Leg {
  const own = ownEndpoint(actor, directory)
  const candidates = call.legs.filter((leg) => leg.state !== 'ended' && fits(leg))
  const leg =
    candidates.find(({ endpoint }) => endpoint !== undefined && endpoint === own) ??
    (overseesAll(actor)
      ? candidates.find(({ endpoint }) => endpoint !== undefined && directory.ofEndpoint(endpoint))
      : undefined)
  if (leg === undefined) throw new Refusal('conflict', { detail: `this call has no ${wanted}` })
  return leg
}

export function ownEndpoint(
  { claims }: Pick<Actor, 'claims'>,
  directory: Pick<Directory, 'endpointOf'>,
): string | undefined {
  return claims.extension === undefined ? undefined : directory.endpointOf(claims.extension)
}
