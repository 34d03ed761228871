import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Guard, Guarded } from '../guard.ts'
import { type AiVersionRoutesNeeds, addAiVersionRoutes } from './ai-version-routes.ts'
import { addBoardRoutes, type BoardRoutesNeeds, boardTag } from './board-routes.ts'
import { addCampaignReportRoutes, type CampaignReportRoutesNeeds } from './campaign-routes.ts'
import { addDeskRoutes, type DeskRoutesNeeds } from './desk-routes.ts'
import { addFiguresRoutes, type FiguresRoutesNeeds } from './figures-routes.ts'
import { addLeadImportRoutes, type LeadImportRoutesNeeds } from './lead-import-routes.ts'
import { addLeadRoutes, type LeadRoutesNeeds } from './lead-routes.ts'
import { addWallboardRoutes, type WallboardRoutesNeeds } from './wallboard-routes.ts'

/** What the routes of each part need beside the guard. */
export interface CallCenterRoutesNeeds {
  ai: Omit<AiVersionRoutesNeeds, 'guard'>
  board: Omit<BoardRoutesNeeds & FiguresRoutesNeeds & WallboardRoutesNeeds, 'guard'>
  desk: Omit<DeskRoutesNeeds, 'guard'>
  campaigns: Omit<CampaignReportRoutesNeeds, 'guard'>
  leads: Omit<LeadRoutesNeeds & LeadImportRoutesNeeds, 'guard'>
}

/** What the call center has beyond the surface crm. */
export function addCallCenterRoutes(
  app: OpenAPIHono<Guarded>,
  guard: Guard,
  { ai, board, desk, campaigns, leads }: CallCenterRoutesNeeds,
): void {
  addDeskRoutes(app, { guard, ...desk })
  addCampaignReportRoutes(app, { guard, ...campaigns })
  addLeadRoutes(app, { guard, ...leads })
  addLeadImportRoutes(app, { guard, ...leads })
  addAiVersionRoutes(app, { guard, ...ai })
  addBoardRoutes(app, { guard, ...board })
  addFiguresRoutes(app, { guard, ...board })
  addWallboardRoutes(app, { guard, ...board })
}

export const callCenterTags = [
  { name: 'desk', description: 'What an agent of the call center works with.' },
  { name: 'campaigns', description: 'Campaigns of the call center over time, and why one does not dial.' },
  boardTag,
  { name: 'leads', description: 'Contacts of the call center.' },
  { name: 'lead imports', description: 'Lists of leads.' },
  { name: 'AI documents', description: 'Who changed AI settings and templates, and when.' },
]
