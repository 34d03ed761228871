import type { Actor } from '../actor.ts'
import { type FindReach, isWithinReach, type Reach } from '../auth/supervisor-reach.ts'
import type { Directory } from '../directory/directory.ts'
import { Refusal } from '../refusal.ts'
import type { Call, Leg } from './call.ts'

/** Whether a phone was in the call and is no more, by its endpoint. */
export function hasLeft({ legs }: Pick<Call, 'legs'>, endpoint: string): boolean {
  const own = legs.filter((leg) => leg.endpoint === endpoint)
  return own.length > 0 && own.every(({ state }) => state === 'ended')
}

/** Whether a call is one of those somebody oversees: a phone of theirs is or was in it. */
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

/**
 * The leg a command is for: the actor's own, else one whose phone belongs to a user the actor oversees.
 * @param fits what the leg must be like
 * @throws {Refusal} `conflict` where there is none
 */
export async function selectLeg(
  actor: Actor,
  call: Call,
  { directory, reachOf }: { directory: Pick<Directory, 'endpointOf' | 'findByEndpoint'>; reachOf: FindReach },
  fits: (leg: Leg) => boolean,
  description: string,
): Promise<Leg> {
  const own = ownEndpoint(actor, directory)
  const candidates = call.legs.filter((leg) => leg.state !== 'ended' && fits(leg))
  const ownLeg = candidates.find(({ endpoint }) => endpoint !== undefined && endpoint === own)
  if (ownLeg !== undefined) return ownLeg
  const reach = await reachOf(actor)
  const overseen = candidates.find(({ endpoint = '' }) => {
    const person = directory.findByEndpoint(endpoint)
    return person !== undefined && isWithinReach(reach, person)
  })
  if (overseen === undefined) throw new Refusal('conflict', { detail: `this call has no ${description}` })
  return overseen
}

export function ownEndpoint(
  { claims }: Pick<Actor, 'claims'>,
  directory: Pick<Directory, 'endpointOf'>,
): string | undefined {
  return claims.extension === undefined ? undefined : directory.endpointOf(claims.extension)
}
