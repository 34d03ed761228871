import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { CallCenterActor } from '../../core/call-center/agents/call-center-actor.ts'
import type { AutomationStatus } from '../../core/call-center/campaigns/automation-status.ts'
import type { Campaign } from '../../core/call-center/campaigns/campaign.ts'
import type { CampaignLifecycle } from '../../core/call-center/campaigns/campaign-lifecycle.ts'
import type { Campaigns } from '../../core/call-center/campaigns/campaigns.ts'
import { readJson, readQuery } from '../errors.ts'
import { IfMatchHeaders, ifMatch, sendVersioned, setVersionEtag, versionedResponse } from '../if-match.ts'
import { json, jsonBody } from '../openapi.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { AutomationStatusJson, toAutomationStatusJson } from './campaign-automation-wire.ts'
import * as wire from './campaign-wire.ts'
import { guardedErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import { IdParams, idParam } from './ids.ts'
import { afterId, setNextLink } from './paging.ts'
import type { GuardedOperation } from './permissions.ts'

const byId = { params: IdParams }
const example = { name: 'Spring offer', startTime: '09:00:00', endTime: '18:00:00', maxAttempts: 3 }

export interface CampaignRoutesNeeds {
  authorize: Authorize
  campaigns: Campaigns
  lifecycle: CampaignLifecycle
  statusReportOf(campaign: Campaign): Promise<AutomationStatus>
}

/** "Campaigns" and "Campaign Automation". */
export function addCampaignRoutes(app: OpenAPIHono<CrmEnv>, needs: CampaignRoutesNeeds): void {
  const addGuarded = guardedRoutes(app, needs.authorize, 'Call centre: campaigns')
  const { campaigns, lifecycle, statusReportOf } = needs
  const toAutomationJson = async (campaign: Campaign) =>
    toAutomationStatusJson(await statusReportOf(campaign))

  addGuarded(
    {
      method: 'get',
      path: '/api/campaigns',
      operationId: 'crmCampaigns',
      summary: 'List campaigns',
      description: 'Ordered by id. Agents see the campaigns they work in. `Link` names the next page.',
      request: { query: wire.CampaignQuery },
      responses: {
        200: json(z.array(wire.CampaignJson), 'A page of campaigns'),
        ...guardedErrors('input_invalid'),
      },
    },
    async (c) => {
      const { limit, cursor, status } = readQuery(c, wire.CampaignQuery)
      const listOptions = { limit, afterId: afterId(cursor), status: wire.toCampaignStatus(status) }
      const page = await campaigns.list(c.var.callCenterActor, listOptions)
      setNextLink(c, page, limit, ({ campaign }) => [campaign.id])
      return c.json(page.map(wire.toCampaignJson), 200)
    },
  )
  addGuarded(
    {
      method: 'post',
      path: '/api/campaigns',
      operationId: 'crmCreateCampaign',
      summary: 'Create a campaign',
      description:
        'It is a DRAFT until it is started. Defaults: 9 to 21 h from Monday to Saturday, 3 attempts, 30 minutes between attempts (5 after BUSY), 10 concurrent calls, 5 seconds of wrap-up. Calling hours are in the time zone of the lead.',
      request: jsonBody(wire.NewCampaignBody.openapi({ example })),
      responses: { 201: json(wire.CampaignJson, 'The campaign'), ...guardedErrors('input_invalid') },
    },
    async (c) => {
      const body = await readJson(c, wire.NewCampaignBody)
      const created = await campaigns.add(c.var.callCenterActor, {
        ...wire.toCampaignPatch(body),
        name: body.name,
      })
      setVersionEtag(c, created.campaign.version)
      return c.json(wire.toCampaignJson(created), 201, { Location: `/api/campaigns/${created.campaign.id}` })
    },
  )
  addGuarded(
    {
      method: 'get',
      path: '/api/campaigns/{id}',
      operationId: 'crmCampaign',
      summary: 'Read a campaign',
      request: byId,
      responses: { ...versionedResponse(wire.CampaignJson, 'The campaign'), ...guardedErrors('not_found') },
    },
    async (c) => {
      const found = await campaigns.find(c.var.callCenterActor, idParam(c))
      return sendVersioned(c, found.campaign.version, wire.toCampaignJson(found))
    },
  )
  addGuarded(
    {
      method: 'put',
      path: '/api/campaigns/{id}',
      operationId: 'crmUpdateCampaign',
      summary: 'Change a campaign',
      description:
        'A member that is left out stays as it is. A change of an ACTIVE campaign applies from its next call.',
      request: {
        ...byId,
        headers: IfMatchHeaders,
        ...jsonBody(wire.CampaignPatchBody.openapi({ example: { maxAttempts: 2 } })),
      },
      responses: {
        200: json(wire.CampaignJson, 'The campaign as it is now'),
        ...guardedErrors('input_invalid', 'not_found', 'stale'),
      },
    },
    async (c) => {
      const body = await readJson(c, wire.CampaignPatchBody)
      const patch = { ...wire.toCampaignPatch(body), name: body.name }
      const changed = await ifMatch(c, (version) =>
        campaigns.update(c.var.callCenterActor, idParam(c), patch, version),
      )
      setVersionEtag(c, changed.campaign.version)
      return c.json(wire.toCampaignJson(changed), 200)
    },
  )

  /** Operations that start or stop a campaign: they take no body and answer with its automation status. */
  const addLifecycleRoute = (
    path: string,
    operationId: GuardedOperation,
    summary: string,
    description: string,
    change: (actor: CallCenterActor, id: string) => Promise<Campaign>,
  ) =>
    addGuarded(
      {
        method: 'post',
        path: `/api/campaigns/{id}/${path}`,
        ...{ operationId, summary, description },
        request: byId,
        responses: {
          200: json(AutomationStatusJson, 'The progress'),
          ...guardedErrors('not_found', 'conflict'),
        },
      },
      async (c) => c.json(await toAutomationJson(await change(c.var.callCenterActor, idParam(c))), 200),
    )
  addLifecycleRoute(
    'start',
    'crmStartCampaign',
    'Start or resume a campaign',
    'From DRAFT and PAUSED. Also from COMPLETED, if all leads of its list were done and leads were added since; a campaign that was stopped cannot be started again.',
    (actor, id) => lifecycle.start(actor, id),
  )
  addLifecycleRoute(
    'pause',
    'crmPauseCampaign',
    'Pause a campaign',
    'It does not dial until it is started again, and then dials automatically as before. Live calls go on.',
    (actor, id) => lifecycle.pause(actor, id),
  )
  addLifecycleRoute('stop', 'crmStopCampaign', 'Stop a campaign for good', 'Live calls go on.', (actor, id) =>
    lifecycle.stop(actor, id),
  )
  addLifecycleRoute(
    'automation/start',
    'crmStartAutomation',
    'Start automatic dialing',
    'Only for an ACTIVE campaign. Each agent who is READY and has a free phone gets a lead: the agent’s phone rings first. The campaign is COMPLETED some seconds after the last lead of its list is done.',
    (actor, id) => lifecycle.startAutomation(actor, id),
  )
  addLifecycleRoute(
    'automation/stop',
    'crmStopAutomation',
    'Stop automatic dialing: agents dial by hand',
    'Live calls go on.',
    (actor, id) => lifecycle.stopAutomation(actor, id),
  )
  addGuarded(
    {
      method: 'get',
      path: '/api/campaigns/{id}/automation/status',
      operationId: 'crmAutomationStatus',
      summary: 'Read the progress of a campaign, and why it does not dial',
      request: byId,
      responses: { 200: json(AutomationStatusJson, 'The progress'), ...guardedErrors('not_found') },
    },
    async (c) => {
      const { campaign } = await campaigns.find(c.var.callCenterActor, idParam(c))
      return c.json(await toAutomationJson(campaign), 200)
    },
  )
}
