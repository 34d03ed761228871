import type { Context, Hono } from 'hono'
import type { Lead } from '../../core/call-center/leads/lead.ts'
import type { LeadWish, Spelling } from '../../core/call-center/leads/lead-input.ts'
import type { LeadFilter } from '../../core/call-center/leads/lead-search.ts'
import type { Leads } from '../../core/call-center/leads/leads.ts'
import { readJson, readQuery } from '../errors.ts'
import { as } from '../openapi.ts'
import type { Door, Known } from './authorize.ts'
import { addLeadListRoutes, type LeadListRoutesNeeds } from './lead-import-export-routes.ts'
import { filterOf, LeadPageQuery, orderOf, placeAfter, placeIn } from './lead-query.ts'
import * as wire from './lead-wire.ts'
import { idParam, ifMatch, linkNext, setVersion, showVersion } from './params.ts'

export interface LeadRoutesNeeds extends LeadListRoutesNeeds {
  door: Door
  leads: Leads
  policy: () => Spelling
}

/** "Lead Management". */
export function addLeadRoutes(app: Hono<Known>, needs: LeadRoutesNeeds): void {
  const { door, leads } = needs

  async function page(c: Context<Known>, only: LeadFilter = {}) {
    const { limit, cursor, sort, ...asked } = readQuery(c, LeadPageQuery)
    const order = orderOf(sort)
    const filter = { ...filterOf(asked, needs.policy()), ...only }
    const after = placeAfter(cursor, order)
    const found = await leads.list(c.var.standing, filter, order, { after, limit })
    linkNext(c, found, limit, (last) => placeIn(order, last))
    return c.json(found.map((lead) => as(wire.ShownLead, wire.shownLead(lead))))
  }
  function show(c: Context<Known>, lead: Lead) {
    setVersion(c, lead.version)
    return as(wire.ShownLead, wire.shownLead(lead))
  }

  const change = (c: Context<Known>, wish: LeadWish) =>
    ifMatch(c, (version) => leads.update(c.var.standing, idParam(c), wish, version))

  app.get('/api/leads', door('crmLeads'), (c) => page(c))
  app.post('/api/leads', door('crmCreateLead'), async (c) => {
    const lead = await leads.create(c.var.standing, wire.wish(await readJson(c, wire.NewLead)))
    return c.json(show(c, lead), 201, { Location: `/api/leads/${lead.id}` })
  })
  // Before `{id}`, which would take their names for one.
  app.get('/api/leads/my', door('crmMyLeads'), (c) => page(c, { agentId: c.var.standing.agent.id }))
  addLeadListRoutes(app, needs)

  app.get('/api/leads/:id', door('crmLead'), async (c) => {
    const { lead, notes } = await leads.find(c.var.standing, idParam(c))
    const noteHistory = notes.map(wire.shownNote)
    return showVersion(c, lead.version, as(wire.LeadInDetail, { ...wire.shownLead(lead), noteHistory }))
  })
  app.put('/api/leads/:id', door('crmUpdateLead'), async (c) => {
    const wish = wire.wish(await readJson(c, wire.LeadPatch))
    return c.json(show(c, await change(c, wish)))
  })
  app.delete('/api/leads/:id', door('crmDeleteLead'), async (c) => {
    await ifMatch(c, (version) => leads.remove(c.var.standing, idParam(c), version))
    return c.body(null, 204)
  })
  app.post('/api/leads/:id/notes', door('crmAddLeadNote'), async (c) => {
    const { content } = await readJson(c, wire.NoteBody)
    const note = await leads.addNote(c.var.standing, idParam(c), content)
    return c.json(as(wire.ShownNote, wire.shownNote(note)), 201)
  })
  app.put('/api/leads/:id/status', door('crmSetLeadStatus'), async (c) => {
    const status = wire.statusOf((await readJson(c, wire.StatusBody)).status)
    return c.json(show(c, await change(c, { status })))
  })
  app.put('/api/leads/:id/assign', door('crmAssignLead'), async (c) => {
    const { agentId } = await readJson(c, wire.AssignBody)
    return c.json(show(c, await change(c, { agentId })))
  })
}
