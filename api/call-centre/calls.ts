import type { CallRoutesNeeds } from '../dialects/crm/call-routes.ts'
import type { Base, Room } from './base.ts'

export function joinCalls({ door }: Base): Room<CallRoutesNeeds> {
  return { routes: { door } }
}
