import type { CallCenterActor } from '../../core/call-center/agents/call-center-actor.ts'
import type { Lead } from '../../core/call-center/leads/lead.ts'
import { type LeadFilter, type LeadOrder, toCursor } from '../../core/call-center/leads/lead-search.ts'
import type { Leads } from '../../core/call-center/leads/leads.ts'
import { csvHeader, csvRowWriter, type Delimiter } from '../csv-writer.ts'
import { iso, isoOrNull } from './iso-time.ts'
import { toUpperEnum } from './wire.ts'

/** Columns by header. The import knows the headers of those that it reads. */
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

/** Leads per page: as many are in memory at once. */
const PAGE_SIZE = 500
/** Leads that are created during the export come last. */
const ORDER: LeadOrder = { by: 'createdAt', descending: false }

/**
 * Streams all leads that match the filter as CSV, as fast as the client reads.
 * Resolves when the first page is read, so that a store failure is still answered with an error status.
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
