import type { CallCenterActor } from '../../core/call-center/agents/call-center-actor.ts'
import type { Lead } from '../../core/call-center/leads/lead.ts'
import { type LeadFilter, type LeadOrder, toCursor } from '../../core/call-center/leads/lead-search.ts'
import type { Leads } from '../../core/call-center/leads/leads.ts'
import { csvHeader, csvRowWriter, type Delimiter } from '../csv-writer.ts'
import { iso, isoOrNull } from './params.ts'
import { toUpperEnum } from './wire.ts'

/** Those that an import reads bear the names it knows them by. */
const EXPORT_COLUMNS: Readonly<Record<string, (lead: Lead) => string | number | null>> = {
  id: (lead) => lead.id,
  'first name': (lead) => lead.firstName,
  'last name': (lead) => lead.lastName,
  phone: (lead) => lead.phone,
  email: (lead) => lead.email,
  company: (lead) => lead.company,
  title: (lead) => lead.title,
  status: (lead) => toUpperEnum(lead.status),
  notes: (lead) => lead.notes,
  'time zone': (lead) => lead.timeZone,
  'campaign id': (lead) => lead.campaignId,
  'agent id': (lead) => lead.agentId,
  team: (lead) => lead.team,
  'call attempts': (lead) => lead.attempts,
  'last call at': (lead) => isoOrNull(lead.lastCallAt),
  'last outcome': (lead) => lead.lastOutcome && toUpperEnum(lead.lastOutcome),
  'created at': (lead) => iso(lead.createdAt),
  'updated at': (lead) => iso(lead.updatedAt),
}

/** Leads that are in memory at once. */
const PAGE_SIZE = 500
/** What is made meanwhile comes at the end. */
const ORDER: LeadOrder = { by: 'createdAt', descending: false }

/**
 * All leads that fit, read as fast as the client takes them.
 * @returns once the first page is there, so that a store that is away is told while it still can be
 */
export async function streamLeadsCsv(
  leads: Pick<Leads, 'list'>,
  actor: CallCenterActor,
  filter: LeadFilter,
  delimiter: Delimiter = ',',
): Promise<ReadableStream<Uint8Array>> {
  const pageAfter = (last?: Lead) =>
    leads.list(actor, filter, ORDER, { after: last && toCursor(last, ORDER), limit: PAGE_SIZE })
  const first = await pageAfter()
  return ReadableStream.from(csvChunks(first, pageAfter, delimiter))
}

async function* csvChunks(
  first: readonly Lead[],
  pageAfter: (last: Lead) => Promise<readonly Lead[]>,
  delimiter: Delimiter,
) {
  const utf8 = new TextEncoder()
  const line = csvRowWriter(delimiter)
  const columns = Object.values(EXPORT_COLUMNS)
  yield utf8.encode(csvHeader(Object.keys(EXPORT_COLUMNS), delimiter))
  for (let page = first; ; ) {
    yield utf8.encode(page.map((lead) => line(columns.map((of) => of(lead) ?? ''))).join(''))
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE_SIZE) return
    page = await pageAfter(last)
  }
}
