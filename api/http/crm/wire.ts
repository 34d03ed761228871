import { z } from '@hono/zod-openapi'
import { AGENT_ROLE_NAME, type Role } from '../../../contract/claims.ts'
import type { ExtraClaims } from '../../core/auth/sessions.ts'

/** Prefix of this surface. It also words the 404 of a path below `/api` that no surface has. */
export const PREFIX = '/api'
/** Accepts a larger body than other routes: see `http/app.ts` and `nginx/api.conf`. */
export const LEAD_IMPORT_PATH = `${PREFIX}/leads/import`

/** The guide's name of a role. */
export const toCrmRole = (role: Role): 'admin' | 'supervisor' | 'agent' =>
  role === 'user' ? AGENT_ROLE_NAME : role

/** A role in a request body, in upper or lower case. */
const ROLES = { ADMIN: 'admin', SUPERVISOR: 'supervisor', AGENT: 'user' } as const
export const RoleInput = z
  .preprocess(
    (value) => (typeof value === 'string' ? value.toUpperCase() : value),
    z.enum(['ADMIN', 'SUPERVISOR', 'AGENT']),
  )
  .transform((name) => ROLES[name])
  .openapi({ type: 'string', enum: ['ADMIN', 'SUPERVISOR', 'AGENT'] })

/** The guide, "Token Structure". */
export const extraClaims: ExtraClaims = ({ id, username, role }) => ({
  user_id: Number(id),
  username,
  role: toCrmRole(role),
})

/** An enum value as the wire spells it: `in_call` is `IN_CALL`. */
export const toUpperEnum = <T extends string>(word: T): Uppercase<T> => word.toUpperCase() as Uppercase<T> // as toUpperCase does

/** Numbers by enum value, such as an outcome. */
export const withUpperKeys = <T extends string>(numbers: Readonly<Partial<Record<T, number>>>) =>
  Object.fromEntries(
    Object.entries<number>(numbers as Record<T, number>).map(([word, n]) => [toUpperEnum(word), n]),
  ) // no value is undefined
