import type { AiRoutesNeeds } from '../dialects/crm/ai-routes.ts'
import type { Base, Room } from './base.ts'

export function joinAi({ door }: Base): Room<AiRoutesNeeds> {
  return { routes: { door } }
}
