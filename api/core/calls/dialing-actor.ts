import type { Actor } from '../actor.ts'
import type { UserStore } from '../auth/users.ts'
import { Refusal } from '../refusal.ts'
import type { DialingActor } from './call-control.ts'

/**
 * The user who dials. A service token has no phone: it dials as the user that it names, with that user's rights and
 * limits.
 * @param userId as the request names it
 * @throws {Refusal} `input_invalid` for a service that names no user, `not_found`, `forbidden` for a disabled user,
 *   `unavailable`
 */
export type FindDialingActor = (actor: Actor, userId: string | undefined) => Promise<DialingActor>

export const createFindDialingActor =
  (users: Pick<UserStore, 'find'>): FindDialingActor =>
  async (actor, userId) => {
    if (actor.service === undefined) return actor
    if (userId === undefined) {
      throw new Refusal('input_invalid', {
        detail: 'user_id: a service token must name the user to ring first',
      })
    }
    const user = await users.find(userId)
    if (user === undefined) throw new Refusal('not_found', { detail: 'no such user' })
    if (user.disabled) throw new Refusal('forbidden', { detail: 'this user is disabled' })
    return { userId: user.id, claims: { role: user.role } }
  }
