import type { Role } from '../../../contract/claims.ts'
import { AGENT } from '../../../contract/claims.ts'
import type { Clothing } from '../../core/sessions.ts'

/** Where this surface's paths begin; what nobody else has below `/api` is refused in its words. */
export const PREFIX = '/api'
/** Takes bodies that are larger than others: see `app.ts` and `nginx/api.conf`. */
export const LEAD_LISTS = `${PREFIX}/leads/import`

/** What the guide calls our roles. */
export const roleName = (role: Role): 'admin' | 'supervisor' | 'agent' => (role === 'user' ? AGENT : role)

/** The guide, "Token Structure". */
export const clothing: Clothing = ({ id, username, role }) => ({
  user_id: Number(id),
  username,
  role: roleName(role),
})
