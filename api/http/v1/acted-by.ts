import type { Context } from 'hono'
import type { ChangedBy } from '../../core/auth/account-admin.ts'
import { clientAddress } from '../errors.ts'
import type { Guarded } from '../guard.ts'

/** Who sent the request, for the security log. */
export const actedBy = (c: Context<Guarded>): ChangedBy => ({
  actorId: c.var.actor.userId,
  address: clientAddress(c),
})
