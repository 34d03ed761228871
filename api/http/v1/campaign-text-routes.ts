import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Actor } from '../../core/actor.ts'
import type { CallCenterActor } from '../../core/call-center/agents/call-center-actor.ts'
import type { CampaignTexts } from '../../core/call-center/desk/campaign-texts.ts'
import type { Guard, Guarded } from '../guard.ts'
import { IfMatchHeaders, ifMatch, setVersionEtag } from '../if-match.ts'
import { limitJsonBody } from '../json-body.ts'
import * as wire from './campaign-text-wire.ts'
import { commonProblems, json, jsonRequest, problem, security } from './responses.ts'

export interface CampaignTextRoutesNeeds {
  guard: Guard
  resolveActor(actor: Actor): Promise<CallCenterActor>
  texts: CampaignTexts
}

const tags = ['desk']
const etag = {
  headers: { ETag: { schema: { type: 'string' as const }, description: 'For `If-Match` of a change' } },
}
const notFound = problem('No campaign that you see has this id')
const changed = problem('Another user has changed it since')
const byId = { params: wire.CampaignParams }

/** What a campaign shows its agents: the script, and the results they may give a call. */
export function addCampaignTextRoutes(
  app: OpenAPIHono<Guarded>,
  { guard, resolveActor, texts }: CampaignTextRoutesNeeds,
): void {
  const signedIn = guard()

  app.openapi(
    createRoute({
      method: 'get',
      path: '/campaigns/{campaignId}/script',
      operationId: 'campaignScript',
      summary: 'The text that agents read to a lead',
      tags,
      security,
      middleware: signedIn,
      request: byId,
      responses: {
        200: { ...json(wire.ScriptJson, 'The script'), ...etag },
        ...commonProblems,
        404: notFound,
      },
    }),
    async (c) => {
      const { campaignId } = c.req.valid('param')
      const script = await texts.find(await resolveActor(c.var.actor), campaignId, 'script')
      setVersionEtag(c, script.version)
      return c.json(wire.toScriptJson(script), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/campaigns/{campaignId}/script',
      operationId: 'setCampaignScript',
      summary: 'Change the script (supervisors, of campaigns of their team)',
      tags,
      security,
      middleware: [signedIn, limitJsonBody],
      request: {
        ...byId,
        headers: IfMatchHeaders,
        body: { required: true, ...jsonRequest(wire.ScriptBody, 'The text') },
      },
      responses: {
        200: { ...json(wire.ScriptJson, 'The script as it is now'), ...etag },
        ...commonProblems,
        404: notFound,
        412: changed,
      },
    }),
    async (c) => {
      const [{ campaignId }, { text }] = [c.req.valid('param'), c.req.valid('json')]
      const by = await resolveActor(c.var.actor)
      const script = await ifMatch(c, (version) => texts.set(by, campaignId, 'script', text, version))
      setVersionEtag(c, script.version)
      return c.json(wire.toScriptJson(script), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/campaigns/{campaignId}/dispositions',
      operationId: 'campaignDispositions',
      summary: 'The results that agents may give a call',
      tags,
      security,
      middleware: signedIn,
      request: byId,
      responses: {
        200: { ...json(wire.DispositionsJson, 'By key'), ...etag },
        ...commonProblems,
        404: notFound,
      },
    }),
    async (c) => {
      const { campaignId } = c.req.valid('param')
      const found = await texts.find(await resolveActor(c.var.actor), campaignId, 'dispositions')
      setVersionEtag(c, found.version)
      return c.json(wire.toDispositionsJson(found), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/campaigns/{campaignId}/dispositions',
      operationId: 'setCampaignDispositions',
      summary: 'Change the results (supervisors, of campaigns of their team)',
      description: 'Results that were given before stay as they are.',
      tags,
      security,
      middleware: [signedIn, limitJsonBody],
      request: {
        ...byId,
        headers: IfMatchHeaders,
        body: { required: true, ...jsonRequest(wire.DispositionsBody, 'All of them, each key once') },
      },
      responses: {
        200: { ...json(wire.DispositionsJson, 'As they are now'), ...etag },
        ...commonProblems,
        404: notFound,
        412: changed,
      },
    }),
    async (c) => {
      const { campaignId } = c.req.valid('param')
      const body = c.req.valid('json').dispositions.map(wire.toDisposition)
      const by = await resolveActor(c.var.actor)
      const stored = await ifMatch(c, (version) => texts.set(by, campaignId, 'dispositions', body, version))
      setVersionEtag(c, stored.version)
      return c.json(wire.toDispositionsJson(stored), 200)
    },
  )
}
