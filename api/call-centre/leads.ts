import type { LeadRoutesNeeds } from '../dialects/crm/lead-routes.ts'
import type { Base, Room } from './base.ts'

export function joinLeads({ door }: Base): Room<LeadRoutesNeeds> {
  return { routes: { door } }
}
