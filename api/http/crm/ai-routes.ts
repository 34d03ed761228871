import { z } from '@hono/zod-openapi'
import type { Context, Hono } from 'hono'
import type { AgentSettings } from '../../core/call-center/ai/agent-settings.ts'
import type { AiConfigs } from '../../core/call-center/ai/ai-config.ts'
import type { DocumentKind } from '../../core/call-center/ai/document-bodies.ts'
import type { Kept } from '../../core/call-center/ai/document-store.ts'
import type { Templates } from '../../core/call-center/ai/templates.ts'
import { Refusal } from '../../core/refusal.ts'
import { readJson, readQuery } from '../errors.ts'
import { as } from '../openapi.ts'
import * as wire from './ai-wire.ts'
import type { Door, Known } from './authorize.ts'
import {
  afterId,
  idParam,
  ifMatch,
  ifMatchOrMade,
  linkNext,
  PageQuery,
  readCursor,
  setVersion,
  showVersion,
} from './params.ts'

export interface AiRoutesNeeds {
  door: Door
  settings: AgentSettings
  configs: AiConfigs
  templates: Templates
}

/** "AI Settings": what is kept for whoever calls a model. */
export function addAiRoutes(app: Hono<Known>, { door, settings, configs, templates }: AiRoutesNeeds): void {
  app.get('/api/ai/settings', door('crmAiSettings'), async (c) => {
    const { limit, cursor } = readQuery(c, PageQuery)
    const afterAgentId = afterId(cursor) ?? '0'
    const page = await settings.list(c.var.standing, { afterAgentId, limit })
    linkNext(c, page, limit, ({ key }) => [key])
    return c.json(page.map((one) => as(wire.ShownSettings, wire.shownSettings(one))))
  })
  app.get('/api/ai/settings/:agent_id', door('crmAgentAiSettings'), async (c) => {
    const { version } = readQuery(c, wire.VersionQuery)
    const kept = await settings.find(c.var.standing, idParam(c, 'agent_id'), version)
    if (kept === undefined) return c.json(null)
    return showVersion(c, kept.version, as(wire.ShownSettings, wire.shownSettings(kept)))
  })
  app.put('/api/ai/settings/:agent_id', door('crmSetAgentAiSettings'), async (c) => {
    const body = await readJson(c, wire.SettingsBody)
    const { kept, isNew } = await ifMatchOrMade(c, (version) =>
      settings.put(c.var.standing, idParam(c, 'agent_id'), body, version),
    )
    return c.json(as(wire.ShownSettings, wire.shownSettings(marked(c, kept))), isNew ? 201 : 200)
  })
  app.delete('/api/ai/settings/:agent_id', door('crmDeleteAgentAiSettings'), async (c) => {
    await ifMatch(c, (version) => settings.remove(c.var.standing, idParam(c, 'agent_id'), version))
    return c.body(null, 204)
  })

  app.get('/api/ai/config', door('crmAiConfig'), async (c) => {
    const kept = await configs.read(readQuery(c, wire.VersionQuery).version)
    // Nothing has the ETag of what was never written.
    return showVersion(c, kept.version || undefined, as(wire.ShownConfig, wire.shownConfig(kept)))
  })
  app.put('/api/ai/config', door('crmSetAiConfig'), async (c) => {
    const config = await readJson(c, wire.ConfigBody)
    const kept = await ifMatch(c, (version) => configs.write(c.var.standing, config, version))
    return c.json(as(wire.ShownConfig, wire.shownConfig(marked(c, kept))))
  })

  app.get('/api/ai/templates', door('crmTemplates'), async (c) => {
    const { limit, cursor } = readQuery(c, PageQuery)
    const [afterName] = readCursor(cursor, AfterName) ?? []
    const page = await templates.list({ afterName, limit })
    linkNext(c, page, limit, ({ body }) => [body.name])
    return c.json(page.map((one) => as(wire.ShownTemplate, wire.shownTemplate(one))))
  })
  app.post('/api/ai/templates', door('crmCreateTemplate'), async (c) => {
    const kept = marked(c, await templates.add(c.var.standing, await readJson(c, wire.TemplateBody)))
    const shown = as(wire.ShownTemplate, wire.shownTemplate(kept))
    return c.json(shown, 201, { Location: `/api/ai/templates/${shown.id}` })
  })
  app.get('/api/ai/templates/:id', door('crmTemplate'), async (c) => {
    const { version } = readQuery(c, wire.VersionQuery)
    const kept = await templates.find(templateId(c), version)
    return showVersion(c, kept.version, as(wire.ShownTemplate, wire.shownTemplate(kept)))
  })
  app.put('/api/ai/templates/:id', door('crmUpdateTemplate'), async (c) => {
    const wish = await readJson(c, wire.TemplateBody)
    const kept = await ifMatch(c, (version) => templates.change(c.var.standing, templateId(c), wish, version))
    return c.json(as(wire.ShownTemplate, wire.shownTemplate(marked(c, kept))))
  })
  app.delete('/api/ai/templates/:id', door('crmDeleteTemplate'), async (c) => {
    await ifMatch(c, (version) => templates.remove(c.var.standing, templateId(c), version))
    return c.body(null, 204)
  })
}

const AfterName = z.tuple([z.string().max(200)])

function marked<Kind extends DocumentKind>(c: Context, kept: Kept<Kind>): Kept<Kind> {
  setVersion(c, kept.version)
  return kept
}

function templateId(c: Context): string {
  const id = c.req.param('id') ?? ''
  if (!/^[\w-]{1,64}$/.test(id)) throw new Refusal('not_found')
  return id
}
