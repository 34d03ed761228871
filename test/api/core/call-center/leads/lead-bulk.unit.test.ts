import { describe, expect, test } from 'vitest'
import type { Scope } from '../../../../../api/core/call-center/agents/scope.ts'
import type { Lead } from '../../../../../api/core/call-center/leads/lead.ts'
import {
  BULK_CHUNK,
  createLeadBulk,
  type LeadBulkNeeds,
} from '../../../../../api/core/call-center/leads/lead-bulk.ts'
import type { LeadUpdate } from '../../../../../api/core/call-center/leads/lead-store.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'
import { newLead } from '../../../../support/fixtures/leads.ts'

const lead = (difference: Partial<Lead> = {}): Lead => ({
  ...newLead(),
  ...{ id: '1', callback: null, lastCallAt: null, lastOutcome: null, version: 1, createdAt: 1, updatedAt: 1 },
  ...difference,
})

function createFixture(leads: readonly Lead[], ids = leads.map(({ id }) => id)) {
  const updates: (LeadUpdate | undefined)[] = []
  const asked: unknown[] = []
  const needs = {
    store: {
      count: async () => ids.length,
      countIds: async (_: Scope, some: readonly string[]) => some.length,
      newestId: async () => '9000',
      listIds: async (...args: unknown[]) => {
        asked.push(args[2])
        return ids.slice(0, BULK_CHUNK)
      },
      async changeMany(_: readonly string[], __: Scope, decide: (one: Lead) => LeadUpdate | undefined) {
        updates.push(...leads.map(decide))
        return { changed: updates.length, unchanged: 0, refused: [] }
      },
    },
    agents: {
      find: async (id: string) => (id === '5' ? { id, kind: 'human', team: 'sales' } : undefined),
    },
    campaigns: { find: async (id: string) => (id === '7' ? { id } : undefined) },
    policy: () => createDialPolicy(PolicyFile.parse({ country: 'DE' })),
    now: () => 1_000,
  } as unknown as LeadBulkNeeds // the parts that it uses
  const actor = (scope: Scope) => ({ scope }) as Parameters<ReturnType<typeof createLeadBulk>['run']>[0]
  return { bulk: createLeadBulk(needs), updates, asked, actor, ALL: actor({ sees: 'all' }) }
}

describe('a change of many leads', () => {
  test('assigns with the team of the agent, and leaves leads that are so already', async () => {
    const { bulk, updates, ALL } = createFixture([lead({ team: 'support' }), lead({ agentId: '5' })])
    await bulk.run(ALL, { ids: ['1'] }, { agentId: '5' }, undefined)
    expect(updates).toEqual([
      { changes: expect.objectContaining({ agentId: '5', team: 'sales' }), doNotCall: undefined },
      undefined,
    ])
  })
  test('unassigns within the team, and leaves the campaign’s queue by a closed status', async () => {
    const waiting = lead({ agentId: '5', team: 'sales', campaignId: '7', dialState: 'waiting' })
    const { bulk, updates, ALL } = createFixture([waiting])
    await bulk.run(ALL, { ids: ['1'] }, { agentId: null, status: 'lost' }, undefined)
    expect(updates[0]?.changes).toMatchObject({ agentId: null, status: 'lost', dialState: 'done' })
    expect(updates[0]?.changes.team).toBeUndefined()
  })
  test('lists the numbers of leads that may not be called any more', async () => {
    const { bulk, updates, ALL } = createFixture([lead()])
    await bulk.run(ALL, { ids: ['1'] }, { status: 'do_not_call' }, undefined)
    expect(updates[0]?.doNotCall?.variants).toContain('+4930111')
  })
  test('goes on behind the last lead, and not past the one that was the newest at first', async () => {
    const ids = Array.from({ length: BULK_CHUNK }, (_, at) => String(at + 1))
    const { bulk, asked, ALL } = createFixture([], ids)
    const { next } = await bulk.run(ALL, { filter: {} }, { status: 'lost' }, undefined)
    expect(next).toEqual({ after: String(BULK_CHUNK), until: '9000' })
    await bulk.run(ALL, { filter: {} }, { status: 'lost' }, next)
    expect(asked).toEqual([{ after: '0', until: '9000' }, next])
    const last = createFixture([], ids.slice(1))
    expect((await last.bulk.run(last.ALL, { filter: {} }, { status: 'lost' }, next)).next).toBeUndefined()
  })
  test.each([
    ['an agent outside the scope', { agentId: '6' }, { sees: 'all' }, 'not_found'],
    ['a campaign outside the scope', { campaignId: '8' }, { sees: 'all' }, 'not_found'],
    [
      'an owner, by a user who sees own leads alone',
      { agentId: null },
      { sees: 'own', agentId: '1' },
      'forbidden',
    ],
  ] as const)('refuses %s', async (_, change, scope, code) => {
    const { bulk, actor } = createFixture([lead()])
    await expect(bulk.run(actor(scope), { ids: ['1'] }, change, undefined)).rejects.toMatchObject({ code })
  })
})
