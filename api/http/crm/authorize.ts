import type { Context, MiddlewareHandler } from 'hono'
import type { Role } from '../../../contract/claims.ts'
import type { Actor } from '../../core/actor.ts'
import type { CallCenterActor } from '../../core/call-center/agents/call-center-actor.ts'
import { limitScope } from '../../core/call-center/agents/scope.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Guard, Guarded } from '../guard.ts'
import { type GuardedOperation, permissionOf } from './permissions.ts'

/** Variables of a guarded route of this surface. */
export interface CrmEnv {
  Variables: Guarded['Variables'] & { callCenterActor: CallCenterActor }
}

/**
 * Admits a user if the role has a permission for the operation. Sets `c.var.callCenterActor` beside `c.var.actor`, with
 * the scope that the permission gives.
 */
export type Authorize = (operation: GuardedOperation) => MiddlewareHandler<CrmEnv>

const ROLES: readonly Role[] = ['admin', 'supervisor', 'user']

export function createAuthorize(
  guard: Guard,
  resolveActor: (actor: Actor) => Promise<CallCenterActor>,
): Authorize {
  return (operation) => {
    const guarded = guard({ roles: ROLES.filter((role) => permissionOf(operation, role) !== 'none') })
    return async (c, next) => {
      // The guide: a header other than `Bearer <token>` reads as a missing one.
      if (!/^bearer +\S/i.test(c.req.header('authorization') ?? '')) throw new Refusal('token_missing')
      // True: the guard sets the variables of Guarded and reads none.
      return guarded(c as unknown as Context<Guarded>, async () => {
        const actor = await resolveActor(c.var.actor)
        const permission = permissionOf(operation, actor.role)
        // For the compiler: the guard has checked the same role already.
        if (permission === 'none') throw new Refusal('forbidden')
        c.set('callCenterActor', { ...actor, scope: limitScope(permission, actor.role, actor.agent) })
        await next()
      })
    }
  }
}
