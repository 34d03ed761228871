import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Lead } from '../../core/call-center/leads/lead.ts'
import type { LeadInput, NumberNormalizer } from '../../core/call-center/leads/lead-input.ts'
import type { LeadFilter } from '../../core/call-center/leads/lead-search.ts'
import type { Leads } from '../../core/call-center/leads/leads.ts'
import { readJson, readQuery } from '../errors.ts'
import { IfMatchHeaders, ifMatch, sendVersioned, setVersionEtag, versionedResponse } from '../if-match.ts'
import { json, jsonBody } from '../openapi.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { guardedErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import { IdParams, idParam } from './ids.ts'
import { addLeadImportExportRoutes, type LeadImportExportRoutesNeeds } from './lead-import-export-routes.ts'
import { decodeLeadCursor, LeadPageQuery, leadCursorParts, toLeadFilter, toLeadOrder } from './lead-query.ts'
import * as wire from './lead-wire.ts'
import { setNextLink } from './paging.ts'

const byId = { params: IdParams }
const byIdIfMatch = { ...byId, headers: IfMatchHeaders }
const leadPage = json(z.array(wire.LeadJson), 'A page of leads')
const currentLead = json(wire.LeadJson, 'The lead as it is now')

export interface LeadRoutesNeeds extends LeadImportExportRoutesNeeds {
  authorize: Authorize
  leads: Leads
  policy: () => NumberNormalizer
}

/** "Lead Management". */
export function addLeadRoutes(app: OpenAPIHono<CrmEnv>, needs: LeadRoutesNeeds): void {
  const addGuarded = guardedRoutes(app, needs.authorize, 'Call centre: leads')
  const { leads } = needs

  async function sendPage(c: Context<CrmEnv>, only: LeadFilter = {}) {
    const { limit, cursor, sort, ...filterQuery } = readQuery(c, LeadPageQuery)
    const order = toLeadOrder(sort)
    const filter = { ...toLeadFilter(filterQuery, needs.policy()), ...only }
    const after = decodeLeadCursor(cursor, order)
    const found = await leads.list(c.var.callCenterActor, filter, order, { after, limit })
    setNextLink(c, found, limit, (last) => leadCursorParts(order, last))
    return c.json(found.map(wire.toLeadJson), 200)
  }
  function toJson(c: Context<CrmEnv>, lead: Lead) {
    setVersionEtag(c, lead.version)
    return wire.toLeadJson(lead)
  }

  const updateIfMatch = (c: Context<CrmEnv>, input: LeadInput) =>
    ifMatch(c, (version) => leads.update(c.var.callCenterActor, idParam(c), input, version))

  addGuarded(
    {
      method: 'get',
      path: '/api/leads',
      operationId: 'crmLeads',
      summary: 'List leads',
      description:
        'Leads assigned to you, of your team, or all. `Link` names the next page; no lead is on two pages, even if leads are created while you read.',
      request: { query: LeadPageQuery },
      responses: { 200: leadPage, ...guardedErrors('input_invalid') },
    },
    (c) => sendPage(c),
  )
  addGuarded(
    {
      method: 'post',
      path: '/api/leads',
      operationId: 'crmCreateLead',
      summary: 'Create a lead',
      description:
        'Needs `name` (its last word becomes the last name), or `firstName` or `lastName`. A lead that an agent creates is assigned to the agent; a lead that a supervisor creates belongs to their team. In a campaign, the lead enters the queue.',
      request: jsonBody(
        wire.NewLeadBody.openapi({
          example: { name: 'John Smith', phone: '+1-555-0123', email: 'john.smith@example.com' },
        }),
      ),
      responses: { 201: currentLead, ...guardedErrors('input_invalid', 'not_found') },
    },
    async (c) => {
      const lead = await leads.create(
        c.var.callCenterActor,
        wire.toLeadInput(await readJson(c, wire.NewLeadBody)),
      )
      return c.json(toJson(c, lead), 201, { Location: `/api/leads/${lead.id}` })
    },
  )
  // Before `{id}`, which would match `my`, `import` and `export`.
  addGuarded(
    {
      method: 'get',
      path: '/api/leads/my',
      operationId: 'crmMyLeads',
      summary: 'List the leads that are assigned to you',
      request: { query: LeadPageQuery },
      responses: { 200: leadPage, ...guardedErrors('input_invalid') },
    },
    (c) => sendPage(c, { agentId: c.var.callCenterActor.agent.id }),
  )
  addLeadImportExportRoutes(app, needs)

  addGuarded(
    {
      method: 'get',
      path: '/api/leads/{id}',
      operationId: 'crmLead',
      summary: 'Read a lead, with its notes',
      request: byId,
      responses: { ...versionedResponse(wire.LeadDetailJson, 'The lead'), ...guardedErrors('not_found') },
    },
    async (c) => {
      const { lead, notes } = await leads.find(c.var.callCenterActor, idParam(c))
      const noteHistory = notes.map(wire.toLeadNoteJson)
      return sendVersioned(c, lead.version, { ...wire.toLeadJson(lead), noteHistory })
    },
  )
  addGuarded(
    {
      method: 'put',
      path: '/api/leads/{id}',
      operationId: 'crmUpdateLead',
      summary: 'Change the given members of a lead',
      description:
        'In another campaign the lead enters the queue again. During a call to the lead, its phone and campaign cannot change. Agents cannot assign a lead to another agent.',
      request: {
        ...byIdIfMatch,
        ...jsonBody(wire.LeadPatchBody.openapi({ example: { company: 'Smith & Sons' } })),
      },
      responses: { 200: currentLead, ...guardedErrors('input_invalid', 'not_found', 'conflict', 'stale') },
    },
    async (c) => {
      const input = wire.toLeadInput(await readJson(c, wire.LeadPatchBody))
      return c.json(toJson(c, await updateIfMatch(c, input)), 200)
    },
  )
  addGuarded(
    {
      method: 'delete',
      path: '/api/leads/{id}',
      operationId: 'crmDeleteLead',
      summary: 'Delete a lead and its notes',
      request: byIdIfMatch,
      responses: { 204: { description: 'Deleted' }, ...guardedErrors('not_found', 'conflict', 'stale') },
    },
    async (c) => {
      await ifMatch(c, (version) => leads.remove(c.var.callCenterActor, idParam(c), version))
      return c.body(null, 204)
    },
  )
  addGuarded(
    {
      method: 'post',
      path: '/api/leads/{id}/notes',
      operationId: 'crmAddLeadNote',
      summary: 'Add a note to a lead',
      request: {
        ...byId,
        ...jsonBody(wire.NoteBody.openapi({ example: { content: 'Call back on Monday' } })),
      },
      responses: { 201: json(wire.LeadNoteJson, 'The note'), ...guardedErrors('input_invalid', 'not_found') },
    },
    async (c) => {
      const { content } = await readJson(c, wire.NoteBody)
      const note = await leads.addNote(c.var.callCenterActor, idParam(c), content)
      return c.json(wire.toLeadNoteJson(note), 201)
    },
  )
  addGuarded(
    {
      method: 'put',
      path: '/api/leads/{id}/status',
      operationId: 'crmSetLeadStatus',
      summary: 'Set the status of a lead',
      description:
        'CONVERTED, LOST and DO_NOT_CALL remove the lead from the queue of its campaign, NEW puts it back. DO_NOT_CALL also adds the number to the do-not-call list, unless it is an extension, a code or an emergency number; only `bin/hookswitch.mjs dnc` removes a number from the list.',
      request: { ...byIdIfMatch, ...jsonBody(wire.StatusBody.openapi({ example: { status: 'CONTACTED' } })) },
      responses: { 200: currentLead, ...guardedErrors('input_invalid', 'not_found', 'stale') },
    },
    async (c) => {
      const status = wire.toLeadStatus((await readJson(c, wire.StatusBody)).status)
      return c.json(toJson(c, await updateIfMatch(c, { status })), 200)
    },
  )
  addGuarded(
    {
      method: 'put',
      path: '/api/leads/{id}/assign',
      operationId: 'crmAssignLead',
      summary: 'Assign a lead to an agent, or to none',
      description: 'The lead moves to the agent’s team.',
      request: { ...byIdIfMatch, ...jsonBody(wire.AssignBody.openapi({ example: { agentId: 1 } })) },
      responses: { 200: currentLead, ...guardedErrors('input_invalid', 'not_found', 'stale') },
    },
    async (c) => {
      const { agentId } = await readJson(c, wire.AssignBody)
      return c.json(toJson(c, await updateIfMatch(c, { agentId })), 200)
    },
  )
}
