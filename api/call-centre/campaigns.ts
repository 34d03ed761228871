import type { CampaignRoutesNeeds } from '../dialects/crm/campaign-routes.ts'
import type { Base, Room } from './base.ts'

export function joinCampaigns({ door }: Base): Room<CampaignRoutesNeeds> {
  return { routes: { door } }
}
