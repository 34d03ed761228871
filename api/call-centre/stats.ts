import type { StatsRoutesNeeds } from '../dialects/crm/stats-routes.ts'
import type { Base, Room } from './base.ts'

export function joinStats({ door }: Base): Room<StatsRoutesNeeds> {
  return { routes: { door } }
}
