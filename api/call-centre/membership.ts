import type { AuthRoutesNeeds } from '../dialects/crm/auth-routes.ts'
import type { Base, Room } from './base.ts'

export function joinMembership({ door }: Base): Room<AuthRoutesNeeds> {
  return { routes: { door } }
}
