import { z } from '@hono/zod-openapi'
import { AGENT_ROLE_NAME, type Role } from '../../../contract/claims.ts'
import type { ExtraClaims } from '../../core/auth/sessions.ts'

/** Where this surface's paths begin; what nobody else has below `/api` is refused in its words. */
export const PREFIX = '/api'
/** Takes bodies that are larger than others: see `app.ts` and `nginx/api.conf`. */
export const LEAD_IMPORT_PATH = `${PREFIX}/leads/import`

/** What the guide calls our roles. */
export const toCrmRole = (role: Role): 'admin' | 'supervisor' | 'agent' =>
  role === 'user' ? AGENT_ROLE_NAME : role

/** The same, as a body may name them, in any case. */
const ROLES = { ADMIN: 'admin', SUPERVISOR: 'supervisor', AGENT: 'user' } as const
export const RoleInput = z
  .preprocess(
    (said) => (typeof said === 'string' ? said.toUpperCase() : said),
    z.enum(['ADMIN', 'SUPERVISOR', 'AGENT']),
  )
  .transform((said) => ROLES[said])
  .openapi({ type: 'string', enum: ['ADMIN', 'SUPERVISOR', 'AGENT'] })

/** The guide, "Token Structure". */
export const extraClaims: ExtraClaims = ({ id, username, role }) => ({
  user_id: Number(id),
  username,
  role: toCrmRole(role),
})

/** Words of ours as clients spell them. */
export const toUpperEnum = <T extends string>(word: T): Uppercase<T> => word.toUpperCase() as Uppercase<T> // that is what it does

/** Numbers by a word of ours, such as an outcome. */
export const withUpperKeys = <T extends string>(numbers: Readonly<Partial<Record<T, number>>>) =>
  Object.fromEntries(
    Object.entries<number>(numbers as Record<T, number>).map(([word, n]) => [toUpperEnum(word), n]),
  ) // none is undefined
