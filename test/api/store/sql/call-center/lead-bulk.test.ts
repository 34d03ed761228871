import { expect, test } from 'vitest'
import type { Scope } from '../../../../../api/core/call-center/agents/scope.ts'
import type { Lead } from '../../../../../api/core/call-center/leads/lead.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import { createLeadBulkStore } from '../../../../../api/store/sql/call-center/lead-bulk.ts'
import { createLeadStore } from '../../../../../api/store/sql/call-center/leads.ts'
import { newLead } from '../../../../support/fixtures/leads.ts'
import { onBothEngines } from '../engines.ts'

const ALL: Scope = { sees: 'all' }
const SALES: Scope = { sees: 'team', team: 'sales', agentId: '1' }

onBothEngines((engine) => {
  const open = async () => {
    const db = await engine.tables()
    return { bulk: createLeadBulkStore(db), leads: createLeadStore(db) }
  }

  test('ids of matching leads come in their order, in ranges, and within the scope', async () => {
    const { bulk, leads } = await open()
    const add = async (team: string | null, agentId: string | null = null) =>
      (await leads.add(newLead({ team, agentId }), undefined, 1)).id
    expect(await bulk.newestId()).toBe('0')
    const [a, b, c, d] = [await add('sales'), await add('support'), await add(null, '1'), await add('sales')]
    const until = await bulk.newestId()
    const later = await add('sales')
    const list = (scope: Scope, after: string, limit: number) =>
      bulk.listIds(scope, { statuses: ['new'] }, { after, until }, limit)
    expect(await list(SALES, '0', 2)).toEqual([a, c])
    expect(await list(SALES, c, 2)).toEqual([d])
    expect(await list(ALL, '0', 9)).toEqual([a, b, c, d])
    expect(await bulk.count(SALES, {}, 9)).toBe(4)
    expect(await bulk.count(ALL, {}, 2)).toBe(3)
    expect(await bulk.countIds(SALES, [a, b, later])).toBe(2)
  })

  test('a chunk changes leads, leaves those that are so already, and refuses single ones', async () => {
    const { bulk, leads } = await open()
    const add = async (difference: Parameters<typeof newLead>[0]) =>
      (await leads.add(newLead({ team: 'sales', ...difference }), undefined, 1)).id
    const [fresh, same, busy, other] = [
      await add({}),
      await add({ status: 'lost' }),
      await add({ dialState: 'dialling' }),
      await add({ team: 'support' }),
    ]
    const decide = (lead: Lead) => {
      if (lead.dialState === 'dialling') throw new Refusal('conflict', { detail: 'in a call' })
      return lead.status === 'lost' ? undefined : { changes: { status: 'lost' } as const }
    }
    expect(await bulk.changeMany([same, fresh, busy, other, fresh], SALES, decide, 5)).toEqual({
      ...{ changed: 1, unchanged: 1 },
      refused: [{ id: busy, reason: 'in a call' }],
    })
    expect(await leads.find(fresh, ALL)).toMatchObject({ status: 'lost', version: 2, updatedAt: 5 })
    expect(await leads.find(same, ALL)).toMatchObject({ version: 1 })
    expect(await leads.find(other, ALL)).toMatchObject({ status: 'new', version: 1 })
  })
})
