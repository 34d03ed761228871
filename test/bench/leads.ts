import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Scope } from '../../api/core/call-center/agents/scope.ts'
import { LEAD_STATUSES, type LeadStatus } from '../../api/core/call-center/leads/lead.ts'
import type { LeadFilter, LeadOrder } from '../../api/core/call-center/leads/lead-search.ts'
import { toNewLeadRow } from '../../api/store/sql/call-center/lead-rows.ts'
import { createLeadStore } from '../../api/store/sql/call-center/leads.ts'
import { type Database, openDatabase } from '../../api/store/sql/database.ts'
import { migrate } from '../../api/store/sql/migrate.ts'
import { phonePrefixFilter } from '../support/phone-numbers.ts'
import type { BenchOptions } from './options.ts'
import { percentile } from './statistics.ts'

export interface LeadsResult {
  leads: number
  fillSeconds: number
  queries: { what: string; times: number; p50Ms: number; p95Ms: number; maxMs: number }[]
}

const TEAMS = ['north', 'south', 'east', 'west'] as const
const AGENTS = 40
const CAMPAIGNS = 8
const PAGE = 100
/** A page of it is shown as it is asked for most often. */
const NEWEST: LeadOrder = { by: 'createdAt', descending: true }
const ALL: Scope = { sees: 'all' }

/** Who asks: an admin, a supervisor and an agent. */
const SCOPES: Readonly<Record<string, Scope>> = {
  all: ALL,
  team: { sees: 'team', team: 'north', agentId: '4' },
  own: { sees: 'own', agentId: '4' },
}

const FILTERS: Readonly<Record<string, LeadFilter>> = {
  'no filter': {},
  'status=NEW (60 %)': { statuses: ['new'] },
  'status=CONVERTED (1 %)': { statuses: ['converted'] },
  'status=CONVERTED,LOST': { statuses: ['converted', 'lost'] },
  assignedAgentId: { agentId: '8' },
  unassigned: { agentId: null },
  campaignId: { campaignId: '3' },
  'an empty campaign': { campaignId: '99' },
  'assignedAgentId of another team': { agentId: '5' },
  team: { team: 'south' },
  'phone=+49 (all)': phonePrefixFilter('+49'),
  'phone=+493012 (few)': phonePrefixFilter('+493012'),
  'phone, whole': phonePrefixFilter('+493000004242'),
  email: { email: 'lead4242@example.org' },
  'q=m (many)': { namePrefix: 'm' },
  'q=me': { namePrefix: 'me' },
  'q=nobody (none)': { namePrefix: 'nobody' },
  'a day of 100': { createdFrom: 50_000, createdUntil: 51_000 },
  'status, phone and q': { statuses: ['lost'], ...phonePrefixFilter('+4930'), namePrefix: 'an' },
}

const ORDERS: Readonly<Record<string, LeadOrder>> = {
  '-createdAt': NEWEST,
  updatedAt: { by: 'updatedAt', descending: false },
  lastName: { by: 'lastName', descending: false },
}

/** What lists and changes cost beside many leads. @param url of an empty database; an embedded one by default */
export async function measureLeads(
  { leads, quick }: Pick<BenchOptions, 'leads' | 'quick'>,
  say: (line: string) => void,
  url?: string,
): Promise<LeadsResult> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-leads-'))
  const place = url ?? `sqlite:${join(folder, 'leads.db')}`
  await migrate(place)
  const db = await openDatabase(place, { timeoutMs: 60_000 })
  try {
    const startedAt = performance.now()
    await fill(db, leads)
    // A server does so by itself, a minute later.
    if (url !== undefined) await sql`vacuum analyze`.execute(db.query)
    const fillSeconds = (performance.now() - startedAt) / 1000
    say(`leads: ${leads} are there after ${fillSeconds.toFixed(1)} s`)
    return { leads, fillSeconds, queries: await askAll(db, leads, quick ? 5 : 60, say) }
  } finally {
    await db.close()
    await rm(folder, { recursive: true })
  }
}

async function askAll(db: Database, leads: number, times: number, say: (line: string) => void) {
  const store = createLeadStore(db)
  const asked: LeadsResult['queries'] = []
  const measure = async (what: string, ask: (n: number) => Promise<unknown>) => {
    const took: number[] = []
    await ask(0)
    for (let n = 1; n <= times; n += 1) {
      const at = performance.now()
      await ask(n)
      took.push(performance.now() - at)
    }
    const at = (share: number) => percentile(took, share)
    asked.push({ what, times, p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1) })
    say(`leads: ${what}: p95 ${at(0.95).toFixed(1)} ms`)
  }
  for (const [who, scope] of Object.entries(SCOPES)) {
    for (const [sort, order] of Object.entries(ORDERS)) {
      for (const [what, filter] of Object.entries(FILTERS)) {
        await measure(`${who}, ${sort}, ${what}`, () => store.list(scope, filter, order, { limit: PAGE }))
      }
    }
    // Behind nine tenths of what is seen: they are made one a second.
    const after = { key: Math.floor(leads / 10), id: '1' }
    await measure(`${who}, -createdAt, a page deep in the list`, () =>
      store.list(scope, {}, NEWEST, { after, limit: PAGE }),
    )
  }
  await measure('one lead', (n) => store.find(String(1 + ((n * 7919) % leads)), ALL))
  await measure('assign', (n) =>
    store.change(
      String(1 + ((n * 7919) % leads)),
      ALL,
      () => ({ changes: { agentId: String(1 + (n % AGENTS)), team: TEAMS[n % 4] ?? null } }),
      leads + n,
    ),
  )
  return asked
}

async function fill(db: Database, leads: number): Promise<void> {
  const syllables = [
    'an',
    'ber',
    'co',
    'da',
    'el',
    'fi',
    'ga',
    'he',
    'il',
    'jo',
    'ka',
    'lo',
    'ma',
    'me',
    'mi',
    'no',
  ]
  const name = (n: number) => [n, n >> 4, n >> 8].map((part) => syllables[part % syllables.length]).join('')
  const statusOf = (n: number): LeadStatus =>
    n % 100 === 0
      ? 'converted'
      : (LEAD_STATUSES[n % 10 < 6 ? 0 : n % 3 === 0 ? 1 : n % 3 === 1 ? 2 : 4] ?? 'new')
  for (let from = 0; from < leads; from += 500) {
    await db.query
      .insertInto('leads')
      .values(
        Array.from({ length: Math.min(500, leads - from) }, (_, at) => {
          const n = from + at
          // Spread, so that neighbours have little in common.
          const mixed = (n * 2_654_435_761) % 4_294_967_296
          const agent = 1 + (mixed % AGENTS)
          const isOwned = (mixed >>> 12) % 20 !== 0
          const number = `+4930${String(n).padStart(8, '0')}`
          const row = toNewLeadRow(
            {
              firstName: name(mixed % 4_096),
              lastName: name((mixed >>> 6) % 4_096),
              phone: number,
              number,
              email: `lead${n}@example.org`,
              company: n % 3 === 0 ? `${name((mixed >>> 9) % 4_096)} GmbH` : null,
              title: null,
              status: statusOf(mixed % 1_000),
              notes: 'met at the fair, call again after the holidays',
              timeZone: null,
              team: TEAMS[agent % 4] ?? null,
              agentId: isOwned ? String(agent) : null,
              campaignId: String(1 + ((mixed >>> 7) % CAMPAIGNS)),
              attempts: 0,
              dialState: 'waiting',
              nextTryAt: 0,
            },
            n,
          )
          return {
            ...row,
            updated_at: mixed % 1_000_000,
            last_call_at: null,
            last_outcome: null,
            dialling_call_id: null,
            dialling_agent_id: null,
            dialling_since: null,
            dialling_from: null,
          }
        }) as never[], // the row's absent members are the columns that may be null
      )
      .execute()
  }
}
