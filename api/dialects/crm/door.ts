import type { Context, MiddlewareHandler } from 'hono'
import type { Role } from '../../../contract/claims.ts'
import type { Actor } from '../../core/actor.ts'
import type { Standing } from '../../core/crew/standing.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Guard, Guarded } from '../guard.ts'
import { type GuardedOperation, RIGHTS } from './rights.ts'

/** What a guarded route of this surface knows. */
export interface Known {
  Variables: Guarded['Variables'] & { standing: Standing }
}

/** Lets those through who may do the operation, and puts `c.var.standing` beside `c.var.actor`. */
export type Door = (operation: GuardedOperation) => MiddlewareHandler<Known>

export function createDoor(guard: Guard, standingOf: (actor: Actor) => Promise<Standing>): Door {
  return (operation) => {
    const guarded = guard({ roles: rolesOf(operation) })
    return async (c, next) => {
      // The guide: whatever is not `Bearer <token>` reads as if there were no header.
      if (!/^bearer +\S/i.test(c.req.header('authorization') ?? '')) throw new Refusal('token_missing')
      // The guard sets what it knows and reads nothing that only we know.
      return guarded(c as unknown as Context<Guarded>, async () => {
        c.set('standing', await standingOf(c.var.actor))
        await next()
      })
    }
  }
}

function rolesOf(operation: GuardedOperation): readonly Role[] {
  const { agent, supervisor } = RIGHTS[operation]
  return [
    'admin',
    ...(supervisor === 'none' ? [] : (['supervisor'] as const)),
    ...(agent === 'none' ? [] : (['user'] as const)),
  ]
}
