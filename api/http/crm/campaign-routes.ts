import type { Hono } from 'hono'
import type { Outlook } from '../../core/call-center/campaigns/automation-status.ts'
import type { Campaign } from '../../core/call-center/campaigns/campaign.ts'
import type { Running } from '../../core/call-center/campaigns/campaign-lifecycle.ts'
import type { Campaigns } from '../../core/call-center/campaigns/campaigns.ts'
import { readJson, readQuery } from '../errors.ts'
import { as } from '../openapi.ts'
import type { Door, Known } from './authorize.ts'
import { ShownAutomation, shownAutomation } from './campaign-automation-wire.ts'
import * as wire from './campaign-wire.ts'
import { afterId, idParam, ifMatch, linkNext, setVersion, showVersion } from './params.ts'

export interface CampaignRoutesNeeds {
  door: Door
  campaigns: Campaigns
  running: Running
  outlookOf(campaign: Campaign): Promise<Outlook>
}

/** "Campaigns" and "Campaign Automation". */
export function addCampaignRoutes(app: Hono<Known>, needs: CampaignRoutesNeeds): void {
  const { door, campaigns, running, outlookOf } = needs
  const show = (one: Parameters<typeof wire.shownCampaign>[0]) =>
    as(wire.ShownCampaignBody, wire.shownCampaign(one))
  const showAutomation = async (campaign: Campaign) =>
    as(ShownAutomation, shownAutomation(await outlookOf(campaign)))

  app.get('/api/campaigns', door('crmCampaigns'), async (c) => {
    const { limit, cursor, status } = readQuery(c, wire.CampaignQuery)
    const asked = { limit, afterId: afterId(cursor), status: wire.statusOf(status) }
    const page = await campaigns.list(c.var.standing, asked)
    linkNext(c, page, limit, ({ campaign }) => [campaign.id])
    return c.json(page.map(show))
  })
  app.post('/api/campaigns', door('crmCreateCampaign'), async (c) => {
    const body = await readJson(c, wire.NewCampaignBody)
    const made = await campaigns.add(c.var.standing, { ...wire.patchOf(body), name: body.name })
    setVersion(c, made.campaign.version)
    return c.json(show(made), 201, { Location: `/api/campaigns/${made.campaign.id}` })
  })
  app.get('/api/campaigns/:id', door('crmCampaign'), async (c) => {
    const found = await campaigns.find(c.var.standing, idParam(c))
    return showVersion(c, found.campaign.version, show(found))
  })
  app.put('/api/campaigns/:id', door('crmUpdateCampaign'), async (c) => {
    const body = await readJson(c, wire.CampaignPatchBody)
    const patch = { ...wire.patchOf(body), name: body.name }
    const changed = await ifMatch(c, (version) =>
      campaigns.update(c.var.standing, idParam(c), patch, version),
    )
    setVersion(c, changed.campaign.version)
    return c.json(show(changed))
  })

  app.post('/api/campaigns/:id/start', door('crmStartCampaign'), async (c) =>
    c.json(await showAutomation(await running.start(c.var.standing, idParam(c)))),
  )
  app.post('/api/campaigns/:id/pause', door('crmPauseCampaign'), async (c) =>
    c.json(await showAutomation(await running.pause(c.var.standing, idParam(c)))),
  )
  app.post('/api/campaigns/:id/stop', door('crmStopCampaign'), async (c) =>
    c.json(await showAutomation(await running.stop(c.var.standing, idParam(c)))),
  )
  app.post('/api/campaigns/:id/automation/start', door('crmStartAutomation'), async (c) =>
    c.json(await showAutomation(await running.startAutomation(c.var.standing, idParam(c)))),
  )
  app.post('/api/campaigns/:id/automation/stop', door('crmStopAutomation'), async (c) =>
    c.json(await showAutomation(await running.stopAutomation(c.var.standing, idParam(c)))),
  )
  app.get('/api/campaigns/:id/automation/status', door('crmAutomationStatus'), async (c) => {
    const { campaign } = await campaigns.find(c.var.standing, idParam(c))
    return c.json(await showAutomation(campaign))
  })
}
