import { z } from '@hono/zod-openapi'
import { AGENT, type Role } from '../../../contract/claims.ts'
import type { Clothing } from '../../core/auth/sessions.ts'

/** Where this surface's paths begin; what nobody else has below `/api` is refused in its words. */
export const PREFIX = '/api'
/** Takes bodies that are larger than others: see `app.ts` and `nginx/api.conf`. */
export const LEAD_LISTS = `${PREFIX}/leads/import`

/** What the guide calls our roles. */
export const roleName = (role: Role): 'admin' | 'supervisor' | 'agent' => (role === 'user' ? AGENT : role)

/** The same, as a body may name them, in any case. */
const ROLES = { ADMIN: 'admin', SUPERVISOR: 'supervisor', AGENT: 'user' } as const
export const RoleWord = z
  .preprocess(
    (said) => (typeof said === 'string' ? said.toUpperCase() : said),
    z.enum(['ADMIN', 'SUPERVISOR', 'AGENT']),
  )
  .transform((said) => ROLES[said])
  .openapi({ type: 'string', enum: ['ADMIN', 'SUPERVISOR', 'AGENT'] })

/** The guide, "Token Structure". */
export const clothing: Clothing = ({ id, username, role }) => ({
  user_id: Number(id),
  username,
  role: roleName(role),
})

/** Words of ours as clients spell them. */
export const loud = <T extends string>(word: T): Uppercase<T> => word.toUpperCase() as Uppercase<T> // that is what it does

/** Numbers by a word of ours, such as an outcome. */
export const loudKeys = <T extends string>(numbers: Readonly<Partial<Record<T, number>>>) =>
  Object.fromEntries(Object.entries<number>(numbers as Record<T, number>).map(([word, n]) => [loud(word), n])) // none is undefined
