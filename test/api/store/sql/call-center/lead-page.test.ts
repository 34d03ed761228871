import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Scope } from '../../../../../api/core/call-center/agents/scope.ts'
import { LEAD_STATUSES, type Lead } from '../../../../../api/core/call-center/leads/lead.ts'
import {
  type LeadFilter,
  type LeadOrder,
  toCursor,
} from '../../../../../api/core/call-center/leads/lead-search.ts'
import { foldCase } from '../../../../../api/core/values/fold-case.ts'
import { createLeadStore } from '../../../../../api/store/sql/call-center/leads.ts'
import type { Database } from '../../../../../api/store/sql/database.ts'
import { newLead } from '../../../../support/fixtures/leads.ts'
import { phonePrefixFilter } from '../../../../support/phone-numbers.ts'
import { onBothEngines } from '../engines.ts'

const ALL: Scope = { sees: 'all' }

const someNames = fc.constantFrom('', 'a', 'Ab', 'äB', 'AB', '😀', 'z', '%', 'ａ')
const teams = [null, 'sales', 'support']
const someLead = fc.record({
  firstName: someNames,
  lastName: someNames,
  company: fc.option(someNames),
  number: fc.constantFrom('1', '12', '+12', '3'),
  email: fc.option(fc.constantFrom('A@x.example', 'b@x.example')),
  status: fc.constantFrom(...LEAD_STATUSES),
  team: fc.constantFrom(...teams),
  agentId: fc.constantFrom(null, '1', '2'),
  campaignId: fc.constantFrom(null, '7'),
})
const someScope = fc.constantFrom<Scope>(
  ALL,
  { sees: 'own', agentId: '1' },
  { sees: 'team', team: 'sales', agentId: '1' },
)
const someFilter: fc.Arbitrary<LeadFilter> = fc.record(
  {
    statuses: fc.uniqueArray(fc.constantFrom(...LEAD_STATUSES), { minLength: 1 }),
    agentId: fc.constantFrom(null, '1'),
    campaignId: fc.constant('7'),
    team: fc.constantFrom('sales', 'support'),
    numbers: fc
      .constantFrom(['1'], ['+1'], ['+1', '3'])
      .map((starts) => starts.map((start) => ({ prefix: start, minLength: 2 }))),
    email: fc.constantFrom('a@X.example', 'nobody'),
    namePrefix: fc.constantFrom('a', 'A', '😀', '%', 'ä'),
    createdFrom: fc.constantFrom(0, 12),
    createdUntil: fc.constantFrom(12, 99),
  },
  { requiredKeys: [] },
)
const someOrder: fc.Arbitrary<LeadOrder> = fc.record({
  by: fc.constantFrom('createdAt', 'updatedAt', 'lastName'),
  descending: fc.boolean(),
})

/** The same rules in JavaScript. */
function matches(lead: Lead, scope: Scope, filter: LeadFilter): boolean {
  const isInScope =
    scope.sees === 'all' ||
    lead.agentId === scope.agentId ||
    (scope.sees === 'team' && lead.team === scope.team)
  const begins = (text: string | null) => foldCase(text ?? '').startsWith(foldCase(filter.namePrefix ?? ''))
  const holds = <T>(asked: T | undefined, rule: (asked: T) => boolean) => asked === undefined || rule(asked)
  return (
    isInScope &&
    holds(filter.statuses, (all) => all.includes(lead.status)) &&
    holds(filter.agentId, (id) => lead.agentId === id) &&
    holds(filter.campaignId, (id) => lead.campaignId === id) &&
    holds(filter.team, (team) => lead.team === team) &&
    holds(filter.numbers, (all) =>
      all.some(({ prefix, minLength }) => lead.number.startsWith(prefix) && lead.number.length >= minLength),
    ) &&
    holds(filter.email, (email) => lead.email !== null && foldCase(lead.email) === foldCase(email)) &&
    holds(filter.namePrefix, () => begins(lead.firstName) || begins(lead.lastName) || begins(lead.company)) &&
    holds(filter.createdFrom, (from) => lead.createdAt >= from) &&
    holds(filter.createdUntil, (until) => lead.createdAt < until)
  )
}

const byOrder = ({ by, descending }: LeadOrder) => {
  const order: LeadOrder = { by, descending }
  const points = (key: string | number) =>
    typeof key === 'number' ? [key] : [...key].map((one) => one.codePointAt(0) ?? 0)
  const compare = (a: number[], b: number[]): number => {
    for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
      const difference = (a[at] ?? -1) - (b[at] ?? -1)
      if (difference !== 0) return difference
    }
    return 0
  }
  return (a: Lead, b: Lead) =>
    (compare(points(toCursor(a, order).key), points(toCursor(b, order).key)) || Number(a.id) - Number(b.id)) *
    (descending ? -1 : 1)
}

onBothEngines((engine) => {
  async function walk(
    db: Database,
    scope: Scope,
    filter: LeadFilter,
    order: LeadOrder,
    limit: number,
    between = async () => {},
  ) {
    const store = createLeadStore(db)
    const seen: Lead[] = []
    for (;;) {
      const last = seen.at(-1)
      const page = await store.list(scope, filter, order, { after: last && toCursor(last, order), limit })
      seen.push(...page)
      if (page.length < limit) return seen
      await between()
    }
  }

  describe('a walk over the pages of leads', () => {
    test('returns each matching lead once and in order, for any filter, while leads are added', async () => {
      const db = await engine.tables()
      const store = createLeadStore(db)
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(someLead, fc.integer({ min: 10, max: 14 })), { minLength: 1, maxLength: 25 }),
          fc.array(fc.tuple(someScope, someFilter, someOrder), { minLength: 4, maxLength: 4 }),
          fc.integer({ min: 1, max: 7 }),
          fc.array(someLead, { maxLength: 5 }),
          async (leads, questions, limit, more) => {
            await db.query.deleteFrom('leads').execute()
            const stored: Lead[] = []
            for (const [about, at] of leads) {
              stored.push(await store.add(newLead({ ...about, phone: about.number }), undefined, at))
            }
            for (const [scope, filter, order] of questions) {
              const late = [...more]
              const seen = await walk(db, scope, filter, order, limit, async () => {
                const about = late.pop()
                if (about !== undefined) await store.add(newLead(about), undefined, 12)
              })
              expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length)
              const expected = stored.filter((lead) => matches(lead, scope, filter)).sort(byOrder(order))
              const known = new Set(stored.map(({ id }) => id))
              expect(seen.filter(({ id }) => known.has(id)).map(({ id }) => id)).toEqual(
                expected.map(({ id }) => id),
              )
              // All that are stored now, those that were added meanwhile included.
              const all = await store.list(scope, filter, order, { limit: 100 })
              expect(await store.count(scope, filter, 100)).toBe(all.length)
              expect(await store.count(scope, filter, 2)).toBe(Math.min(3, all.length))
              const part = await store.list(scope, filter, order, { offset: 3, limit })
              expect(part).toEqual(all.slice(3, 3 + limit))
            }
          },
        ),
        { numRuns: engine.name === 'SQLite' ? 60 : 25 },
      )
    })

    test('returns the same for a filter that matches more leads than are sorted at once', async () => {
      const db = await engine.tables()
      const rows = Array.from({ length: 5_000 }, (_, n) => ({
        ...newLead(),
        lastName: `L${n % 7}`,
        number: n % 5 === 0 ? '9' : '+49',
        team: n % 3 === 0 ? 'sales' : 'support',
      }))
      for (let at = 0; at < rows.length; at += 500) {
        await db.query
          .insertInto('leads')
          .values(
            rows.slice(at, at + 500).map((one, n) => ({
              first_name: one.firstName,
              last_name: one.lastName,
              first_folded: foldCase(one.firstName),
              last_folded: foldCase(one.lastName),
              phone: one.phone,
              number: one.number,
              email: null,
              company: null,
              title: null,
              status: one.status,
              notes: null,
              time_zone: null,
              team: one.team,
              agent_id: null,
              campaign_id: null,
              attempts: 0,
              last_call_at: null,
              last_outcome: null,
              dial_state: 'idle' as const,
              next_try_at: 0,
              dialling_call_id: null,
              dialling_agent_id: null,
              dialling_since: null,
              dialling_from: null,
              version: 1,
              created_at: (at + n) % 11,
              updated_at: 0,
            })),
          )
          .execute()
      }
      const everything = await walk(db, ALL, {}, { by: 'createdAt', descending: false }, 1_000)
      expect(everything).toHaveLength(5_000)
      for (const filter of [
        phonePrefixFilter('+'),
        { namePrefix: 'jo' },
        { statuses: ['new' as const] },
        phonePrefixFilter('9'),
      ]) {
        for (const scope of [ALL, { sees: 'team', team: 'sales', agentId: '1' } as const]) {
          const order: LeadOrder = { by: 'lastName', descending: true }
          const seen = await walk(db, scope, filter, order, 700)
          const expected = everything.filter((lead) => matches(lead, scope, filter)).sort(byOrder(order))
          expect(seen.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
          const store = createLeadStore(db)
          expect(await store.count(scope, filter, 9_000)).toBe(expected.length)
          const late = await store.list(scope, filter, order, { offset: 900, limit: 50 })
          expect(late.map(({ id }) => id)).toEqual(expected.slice(900, 950).map(({ id }) => id))
        }
      }
    })
  })
})
