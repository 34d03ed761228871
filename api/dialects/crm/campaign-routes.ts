import type { Hono } from 'hono'
import type { Door, Known } from './door.ts'

export interface CampaignRoutesNeeds {
  door: Door
}

export function addCampaignRoutes(_app: Hono<Known>, _needs: CampaignRoutesNeeds): void {}
