import { z } from '@hono/zod-openapi'
import type { Context, Hono } from 'hono'
import type { AgentAiSettingsService } from '../../core/call-center/ai/agent-settings.ts'
import type { AiConfigService } from '../../core/call-center/ai/ai-config.ts'
import type { DocumentKind } from '../../core/call-center/ai/document-bodies.ts'
import type { VersionedDocument } from '../../core/call-center/ai/document-store.ts'
import type { Templates } from '../../core/call-center/ai/templates.ts'
import { Refusal } from '../../core/refusal.ts'
import { readJson, readQuery } from '../errors.ts'
import { typedAs } from '../openapi.ts'
import * as wire from './ai-wire.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { idParam } from './ids.ts'
import { ifMatch, ifMatchOrCreate, sendVersioned, setVersionEtag } from './if-match.ts'
import { afterId, decodeCursor, PageQuery, setNextLink } from './paging.ts'

export interface AiRoutesNeeds {
  authorize: Authorize
  settings: AgentAiSettingsService
  configs: AiConfigService
  templates: Templates
}

/** "AI Settings": what is kept for whoever calls a model. */
export function addAiRoutes(
  app: Hono<CrmEnv>,
  { authorize, settings, configs, templates }: AiRoutesNeeds,
): void {
  app.get('/api/ai/settings', authorize('crmAiSettings'), async (c) => {
    const { limit, cursor } = readQuery(c, PageQuery)
    const afterAgentId = afterId(cursor) ?? '0'
    const page = await settings.list(c.var.callCenterActor, { afterAgentId, limit })
    setNextLink(c, page, limit, ({ key }) => [key])
    return c.json(page.map((one) => typedAs(wire.AgentAiSettingsJson, wire.toAgentAiSettingsJson(one))))
  })
  app.get('/api/ai/settings/:agent_id', authorize('crmAgentAiSettings'), async (c) => {
    const { version } = readQuery(c, wire.VersionQuery)
    const kept = await settings.find(c.var.callCenterActor, idParam(c, 'agent_id'), version)
    if (kept === undefined) return c.json(null)
    return sendVersioned(c, kept.version, typedAs(wire.AgentAiSettingsJson, wire.toAgentAiSettingsJson(kept)))
  })
  app.put('/api/ai/settings/:agent_id', authorize('crmSetAgentAiSettings'), async (c) => {
    const body = await readJson(c, wire.SettingsBody)
    const { document, isNew } = await ifMatchOrCreate(c, (version) =>
      settings.put(c.var.callCenterActor, idParam(c, 'agent_id'), body, version),
    )
    return c.json(
      typedAs(wire.AgentAiSettingsJson, wire.toAgentAiSettingsJson(withVersionEtag(c, document))),
      isNew ? 201 : 200,
    )
  })
  app.delete('/api/ai/settings/:agent_id', authorize('crmDeleteAgentAiSettings'), async (c) => {
    await ifMatch(c, (version) => settings.remove(c.var.callCenterActor, idParam(c, 'agent_id'), version))
    return c.body(null, 204)
  })

  app.get('/api/ai/config', authorize('crmAiConfig'), async (c) => {
    const kept = await configs.read(readQuery(c, wire.VersionQuery).version)
    // Nothing has the ETag of what was never written.
    return sendVersioned(c, kept.version || undefined, typedAs(wire.AiConfigJson, wire.toAiConfigJson(kept)))
  })
  app.put('/api/ai/config', authorize('crmSetAiConfig'), async (c) => {
    const config = await readJson(c, wire.ConfigBody)
    const kept = await ifMatch(c, (version) => configs.write(c.var.callCenterActor, config, version))
    return c.json(typedAs(wire.AiConfigJson, wire.toAiConfigJson(withVersionEtag(c, kept))))
  })

  app.get('/api/ai/templates', authorize('crmTemplates'), async (c) => {
    const { limit, cursor } = readQuery(c, PageQuery)
    const [afterName] = decodeCursor(cursor, AfterName) ?? []
    const page = await templates.list({ afterName, limit })
    setNextLink(c, page, limit, ({ body }) => [body.name])
    return c.json(page.map((one) => typedAs(wire.TemplateJson, wire.toTemplateJson(one))))
  })
  app.post('/api/ai/templates', authorize('crmCreateTemplate'), async (c) => {
    const kept = withVersionEtag(
      c,
      await templates.add(c.var.callCenterActor, await readJson(c, wire.TemplateBody)),
    )
    const shown = typedAs(wire.TemplateJson, wire.toTemplateJson(kept))
    return c.json(shown, 201, { Location: `/api/ai/templates/${shown.id}` })
  })
  app.get('/api/ai/templates/:id', authorize('crmTemplate'), async (c) => {
    const { version } = readQuery(c, wire.VersionQuery)
    const kept = await templates.find(templateIdParam(c), version)
    return sendVersioned(c, kept.version, typedAs(wire.TemplateJson, wire.toTemplateJson(kept)))
  })
  app.put('/api/ai/templates/:id', authorize('crmUpdateTemplate'), async (c) => {
    const input = await readJson(c, wire.TemplateBody)
    const kept = await ifMatch(c, (version) =>
      templates.change(c.var.callCenterActor, templateIdParam(c), input, version),
    )
    return c.json(typedAs(wire.TemplateJson, wire.toTemplateJson(withVersionEtag(c, kept))))
  })
  app.delete('/api/ai/templates/:id', authorize('crmDeleteTemplate'), async (c) => {
    await ifMatch(c, (version) => templates.remove(c.var.callCenterActor, templateIdParam(c), version))
    return c.body(null, 204)
  })
}

const AfterName = z.tuple([z.string().max(200)])

function withVersionEtag<Kind extends DocumentKind>(
  c: Context,
  versioned: VersionedDocument<Kind>,
): VersionedDocument<Kind> {
  setVersionEtag(c, versioned.version)
  return versioned
}

function templateIdParam(c: Context): string {
  const id = c.req.param('id') ?? ''
  if (!/^[\w-]{1,64}$/.test(id)) throw new Refusal('not_found')
  return id
}
