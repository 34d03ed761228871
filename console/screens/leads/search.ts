import { isDay, startOfDay } from '../../components/calendar-day.ts'

/** The filters and the order of the leads, as they are in the address. */
export interface LeadsSearch {
  /** How a name or the company begins. */
  q?: string
  phone?: string
  status?: LeadStatus
  /** The id of an agent, or `none`. */
  agent?: string
  /** The id of a campaign. */
  campaign?: string
  /** Days of the browser’s calendar, both included: when the lead was created. */
  from?: string
  until?: string
  sort?: LeadSort
}

export const LEAD_STATUSES = ['new', 'contacted', 'qualified', 'converted', 'lost', 'do_not_call'] as const
export type LeadStatus = (typeof LEAD_STATUSES)[number]

/** The first one is the default. */
export const LEAD_SORTS = [
  '-created_at',
  'created_at',
  '-updated_at',
  'updated_at',
  'last_name',
  '-last_name',
] as const
export type LeadSort = (typeof LEAD_SORTS)[number]

/** Reads the filters from an address; what is not valid is left out. */
export function readLeadsSearch(search: Record<string, unknown>): LeadsSearch {
  const all: Record<string, string | undefined> = {
    q: readText(search.q, 100),
    phone: readText(search.phone, 64),
    status: LEAD_STATUSES.find((one) => one === search.status),
    agent: search.agent === 'none' ? 'none' : readId(search.agent),
    campaign: readId(search.campaign),
    from: readDay(search.from),
    until: readDay(search.until),
    sort: LEAD_SORTS.slice(1).find((one) => one === search.sort),
  }
  // An absent filter must not be a member: it would be in the address.
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as LeadsSearch // as they were read above
}

/** The filters as the query of `/api/v1/leads`: days become moments. */
export const toLeadFilter = ({ q, phone, status, agent, campaign, from, until }: LeadsSearch) => ({
  ...(q === undefined ? {} : { q }),
  ...(phone === undefined ? {} : { phone }),
  ...(status === undefined ? {} : { status }),
  ...(agent === undefined ? {} : { agent_id: agent }),
  ...(campaign === undefined ? {} : { campaign_id: campaign }),
  ...(from === undefined ? {} : { created_from: startOfDay(from) }),
  ...(until === undefined ? {} : { created_until: startOfDay(until, 1) }),
})

/** The filters as the query of `/api/leads/export`. */
export const toExportFilter = ({ q, phone, status, agent, campaign, from, until }: LeadsSearch) => ({
  ...(q === undefined ? {} : { q }),
  ...(phone === undefined ? {} : { phone }),
  ...(status === undefined ? {} : { status: status.toUpperCase() }),
  ...(agent === undefined ? {} : agent === 'none' ? { unassigned: true } : { assignedAgentId: agent }),
  ...(campaign === undefined ? {} : { campaignId: campaign }),
  ...(from === undefined ? {} : { createdFrom: startOfDay(from) }),
  ...(until === undefined ? {} : { createdUntil: startOfDay(until, 1) }),
})

/** How many filters are set; the order is none. */
export const countFilters = ({ sort: _, ...filters }: LeadsSearch): number => Object.keys(filters).length

const readText = (value: unknown, maxLength: number): string | undefined => {
  const text = typeof value === 'string' ? value.trim().slice(0, maxLength) : ''
  return text === '' ? undefined : text
}
const readId = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value) ? value : undefined
const readDay = (value: unknown): string | undefined =>
  typeof value === 'string' && isDay(value) ? value : undefined
