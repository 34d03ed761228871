import type { Context, Hono } from 'hono'
import type { Lead } from '../../core/call-center/leads/lead.ts'
import type { LeadInput, NumberNormalizer } from '../../core/call-center/leads/lead-input.ts'
import type { LeadFilter } from '../../core/call-center/leads/lead-search.ts'
import type { Leads } from '../../core/call-center/leads/leads.ts'
import { readJson, readQuery } from '../errors.ts'
import { typedAs } from '../openapi.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { idParam } from './ids.ts'
import { ifMatch, sendVersioned, setVersionEtag } from './if-match.ts'
import { addLeadImportExportRoutes, type LeadImportExportRoutesNeeds } from './lead-import-export-routes.ts'
import { decodeLeadCursor, LeadPageQuery, leadCursorParts, toLeadFilter, toLeadOrder } from './lead-query.ts'
import * as wire from './lead-wire.ts'
import { setNextLink } from './paging.ts'

export interface LeadRoutesNeeds extends LeadImportExportRoutesNeeds {
  authorize: Authorize
  leads: Leads
  policy: () => NumberNormalizer
}

/** "Lead Management". */
export function addLeadRoutes(app: Hono<CrmEnv>, needs: LeadRoutesNeeds): void {
  const { authorize, leads } = needs

  async function sendPage(c: Context<CrmEnv>, only: LeadFilter = {}) {
    const { limit, cursor, sort, ...filterQuery } = readQuery(c, LeadPageQuery)
    const order = toLeadOrder(sort)
    const filter = { ...toLeadFilter(filterQuery, needs.policy()), ...only }
    const after = decodeLeadCursor(cursor, order)
    const found = await leads.list(c.var.callCenterActor, filter, order, { after, limit })
    setNextLink(c, found, limit, (last) => leadCursorParts(order, last))
    return c.json(found.map((lead) => typedAs(wire.LeadJson, wire.toLeadJson(lead))))
  }
  function toJson(c: Context<CrmEnv>, lead: Lead) {
    setVersionEtag(c, lead.version)
    return typedAs(wire.LeadJson, wire.toLeadJson(lead))
  }

  const updateIfMatch = (c: Context<CrmEnv>, input: LeadInput) =>
    ifMatch(c, (version) => leads.update(c.var.callCenterActor, idParam(c), input, version))

  app.get('/api/leads', authorize('crmLeads'), (c) => sendPage(c))
  app.post('/api/leads', authorize('crmCreateLead'), async (c) => {
    const lead = await leads.create(
      c.var.callCenterActor,
      wire.toLeadInput(await readJson(c, wire.NewLeadBody)),
    )
    return c.json(toJson(c, lead), 201, { Location: `/api/leads/${lead.id}` })
  })
  // Before `{id}`, which would take their names for one.
  app.get('/api/leads/my', authorize('crmMyLeads'), (c) =>
    sendPage(c, { agentId: c.var.callCenterActor.agent.id }),
  )
  addLeadImportExportRoutes(app, needs)

  app.get('/api/leads/:id', authorize('crmLead'), async (c) => {
    const { lead, notes } = await leads.find(c.var.callCenterActor, idParam(c))
    const noteHistory = notes.map(wire.toLeadNoteJson)
    return sendVersioned(
      c,
      lead.version,
      typedAs(wire.LeadDetailJson, { ...wire.toLeadJson(lead), noteHistory }),
    )
  })
  app.put('/api/leads/:id', authorize('crmUpdateLead'), async (c) => {
    const input = wire.toLeadInput(await readJson(c, wire.LeadPatchBody))
    return c.json(toJson(c, await updateIfMatch(c, input)))
  })
  app.delete('/api/leads/:id', authorize('crmDeleteLead'), async (c) => {
    await ifMatch(c, (version) => leads.remove(c.var.callCenterActor, idParam(c), version))
    return c.body(null, 204)
  })
  app.post('/api/leads/:id/notes', authorize('crmAddLeadNote'), async (c) => {
    const { content } = await readJson(c, wire.NoteBody)
    const note = await leads.addNote(c.var.callCenterActor, idParam(c), content)
    return c.json(typedAs(wire.LeadNoteJson, wire.toLeadNoteJson(note)), 201)
  })
  app.put('/api/leads/:id/status', authorize('crmSetLeadStatus'), async (c) => {
    const status = wire.toLeadStatus((await readJson(c, wire.StatusBody)).status)
    return c.json(toJson(c, await updateIfMatch(c, { status })))
  })
  app.put('/api/leads/:id/assign', authorize('crmAssignLead'), async (c) => {
    const { agentId } = await readJson(c, wire.AssignBody)
    return c.json(toJson(c, await updateIfMatch(c, { agentId })))
  })
}
