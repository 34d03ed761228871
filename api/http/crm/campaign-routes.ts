import type { Hono } from 'hono'
import type { AutomationStatus } from '../../core/call-center/campaigns/automation-status.ts'
import type { Campaign } from '../../core/call-center/campaigns/campaign.ts'
import type { CampaignLifecycle } from '../../core/call-center/campaigns/campaign-lifecycle.ts'
import type { Campaigns } from '../../core/call-center/campaigns/campaigns.ts'
import { readJson, readQuery } from '../errors.ts'
import { typedAs } from '../openapi.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { AutomationStatusJson, toAutomationStatusJson } from './campaign-automation-wire.ts'
import * as wire from './campaign-wire.ts'
import { idParam } from './ids.ts'
import { ifMatch, sendVersioned, setVersionEtag } from './if-match.ts'
import { afterId, setNextLink } from './paging.ts'

export interface CampaignRoutesNeeds {
  authorize: Authorize
  campaigns: Campaigns
  lifecycle: CampaignLifecycle
  statusReportOf(campaign: Campaign): Promise<AutomationStatus>
}

/** "Campaigns" and "Campaign Automation". */
export function addCampaignRoutes(app: Hono<CrmEnv>, needs: CampaignRoutesNeeds): void {
  const { authorize, campaigns, lifecycle, statusReportOf } = needs
  const toJson = (one: Parameters<typeof wire.toCampaignJson>[0]) =>
    typedAs(wire.CampaignJson, wire.toCampaignJson(one))
  const toAutomationJson = async (campaign: Campaign) =>
    typedAs(AutomationStatusJson, toAutomationStatusJson(await statusReportOf(campaign)))

  app.get('/api/campaigns', authorize('crmCampaigns'), async (c) => {
    const { limit, cursor, status } = readQuery(c, wire.CampaignQuery)
    const listOptions = { limit, afterId: afterId(cursor), status: wire.toCampaignStatus(status) }
    const page = await campaigns.list(c.var.callCenterActor, listOptions)
    setNextLink(c, page, limit, ({ campaign }) => [campaign.id])
    return c.json(page.map(toJson))
  })
  app.post('/api/campaigns', authorize('crmCreateCampaign'), async (c) => {
    const body = await readJson(c, wire.NewCampaignBody)
    const created = await campaigns.add(c.var.callCenterActor, {
      ...wire.toCampaignPatch(body),
      name: body.name,
    })
    setVersionEtag(c, created.campaign.version)
    return c.json(toJson(created), 201, { Location: `/api/campaigns/${created.campaign.id}` })
  })
  app.get('/api/campaigns/:id', authorize('crmCampaign'), async (c) => {
    const found = await campaigns.find(c.var.callCenterActor, idParam(c))
    return sendVersioned(c, found.campaign.version, toJson(found))
  })
  app.put('/api/campaigns/:id', authorize('crmUpdateCampaign'), async (c) => {
    const body = await readJson(c, wire.CampaignPatchBody)
    const patch = { ...wire.toCampaignPatch(body), name: body.name }
    const changed = await ifMatch(c, (version) =>
      campaigns.update(c.var.callCenterActor, idParam(c), patch, version),
    )
    setVersionEtag(c, changed.campaign.version)
    return c.json(toJson(changed))
  })

  app.post('/api/campaigns/:id/start', authorize('crmStartCampaign'), async (c) =>
    c.json(await toAutomationJson(await lifecycle.start(c.var.callCenterActor, idParam(c)))),
  )
  app.post('/api/campaigns/:id/pause', authorize('crmPauseCampaign'), async (c) =>
    c.json(await toAutomationJson(await lifecycle.pause(c.var.callCenterActor, idParam(c)))),
  )
  app.post('/api/campaigns/:id/stop', authorize('crmStopCampaign'), async (c) =>
    c.json(await toAutomationJson(await lifecycle.stop(c.var.callCenterActor, idParam(c)))),
  )
  app.post('/api/campaigns/:id/automation/start', authorize('crmStartAutomation'), async (c) =>
    c.json(await toAutomationJson(await lifecycle.startAutomation(c.var.callCenterActor, idParam(c)))),
  )
  app.post('/api/campaigns/:id/automation/stop', authorize('crmStopAutomation'), async (c) =>
    c.json(await toAutomationJson(await lifecycle.stopAutomation(c.var.callCenterActor, idParam(c)))),
  )
  app.get('/api/campaigns/:id/automation/status', authorize('crmAutomationStatus'), async (c) => {
    const { campaign } = await campaigns.find(c.var.callCenterActor, idParam(c))
    return c.json(await toAutomationJson(campaign))
  })
}
