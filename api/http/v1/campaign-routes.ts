import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Actor } from '../../core/actor.ts'
import type { CallCenterActor } from '../../core/call-center/agents/call-center-actor.ts'
import type { Campaign } from '../../core/call-center/campaigns/campaign.ts'
import type { Campaigns } from '../../core/call-center/campaigns/campaigns.ts'
import type { OutcomeSeries } from '../../core/call-center/campaigns/outcome-series.ts'
import type { Readiness } from '../../core/call-center/campaigns/readiness.ts'
import type { BinSize, DayRange } from '../../core/values/time-bins.ts'
import type { Guard, Guarded } from '../guard.ts'
import * as wire from './campaign-wire.ts'
import { commonProblems, json, problem, security } from './responses.ts'

export interface CampaignReportRoutesNeeds {
  guard: Guard
  resolveActor(actor: Actor): Promise<CallCenterActor>
  campaigns: Pick<Campaigns, 'find'>
  readinessOf(campaign: Campaign): Promise<Readiness>
  outcomesOf(campaign: Campaign, by: BinSize, range: Partial<DayRange>): Promise<OutcomeSeries>
}

const tags = ['campaigns']
const problems = {
  ...commonProblems,
  403: problem('For supervisors and administrators'),
  404: problem('No campaign that you see has this id'),
}

/** What supervisors ask about a campaign: its outcomes over time, and why it does not dial. */
export function addCampaignReportRoutes(
  app: OpenAPIHono<Guarded>,
  { guard, resolveActor, campaigns, readinessOf, outcomesOf }: CampaignReportRoutesNeeds,
): void {
  const overseer = guard({ roles: ['supervisor', 'admin'] })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/campaigns/{campaignId}/outcomes',
      operationId: 'campaignOutcomes',
      summary: 'The calls of a campaign by outcome, hour by hour or day by day',
      description: 'Calls count when they begin. With those that agents of the campaign dialed by hand.',
      tags,
      security,
      middleware: overseer,
      request: { params: wire.CampaignReportParams, query: wire.OutcomesQuery },
      responses: { 200: json(wire.OutcomeSeriesJson, 'The series'), ...problems },
    }),
    async (c) => {
      const { by, from, to } = c.req.valid('query')
      const { campaignId } = c.req.valid('param')
      const { campaign } = await campaigns.find(await resolveActor(c.var.actor), campaignId)
      const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
      return c.json(wire.toOutcomeSeriesJson(by, await outcomesOf(campaign, by, range)), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/campaigns/{campaignId}/readiness',
      operationId: 'campaignReadiness',
      summary: 'Why a campaign does not dial, and its progress',
      tags,
      security,
      middleware: overseer,
      request: { params: wire.CampaignReportParams },
      responses: { 200: json(wire.ReadinessJson, 'The reasons'), ...problems },
    }),
    async (c) => {
      const { campaignId } = c.req.valid('param')
      const { campaign } = await campaigns.find(await resolveActor(c.var.actor), campaignId)
      return c.json(wire.toReadinessJson(await readinessOf(campaign)), 200)
    },
  )
}
