import { describe, expect, test } from 'vitest'
import type { Scope } from '../../../../../api/core/call-center/agents/scope.ts'
import type { NewLead } from '../../../../../api/core/call-center/leads/lead-store.ts'
import { createLeadStore } from '../../../../../api/store/sql/call-center/leads.ts'
import { addCampaign } from '../../../../support/fixtures/campaign-rows.ts'
import { newLead } from '../../../../support/fixtures/leads.ts'
import { onBothEngines } from '../engines.ts'

const ALL: Scope = { sees: 'all' }

onBothEngines((engine) => {
  describe('the lead store', () => {
    test('applies concurrent changes one after the other, and loses none', async () => {
      const store = createLeadStore(await engine.tables())
      const { id } = await store.add(newLead(), undefined, 1)
      const one = () =>
        store.change(id, ALL, ({ notes }) => ({ changes: { notes: `${Number(notes ?? 0) + 1}` } }), 2)
      await Promise.all(Array.from({ length: 12 }, one))
      expect(await store.find(id, ALL)).toMatchObject({
        notes: '12',
        version: 13,
        createdAt: 1,
        updatedAt: 2,
      })
    })

    test('changes neither the lead nor the do-not-call list if a change is refused', async () => {
      const db = await engine.tables()
      const store = createLeadStore(db)
      const { id } = await store.add(newLead({ agentId: '1' }), undefined, 1)
      const refused = store.change(
        id,
        ALL,
        () => {
          throw new TypeError('no')
        },
        2,
      )
      await expect(refused).rejects.toThrow('no')
      const other = store.change(
        id,
        { sees: 'own', agentId: '2' },
        () => ({ changes: {}, doNotCall: { variants: ['x'], reason: 'x' } }),
        2,
      )
      await expect(other).rejects.toMatchObject({ code: 'not_found' })
      expect(await store.find(id, ALL)).toMatchObject({ version: 1 })
      expect(await db.query.selectFrom('do_not_call').selectAll().execute()).toEqual([])
    })

    test('gives a lead without agent and team its campaign’s team', async () => {
      const db = await engine.tables()
      const leads = createLeadStore(db)
      const campaignId = await addCampaign(db, { team: 'sales' })
      const teams = async (about: Partial<NewLead>) => (await leads.add(newLead(about), undefined, 1)).team
      expect(await teams({ campaignId })).toBe('sales')
      expect(await teams({ campaignId, team: 'support' })).toBe('support')
      expect(await teams({ campaignId, agentId: '5' })).toBeNull()
      expect(await teams({})).toBeNull()
      const { id } = await leads.add(newLead(), undefined, 1)
      const moved = await leads.change(id, ALL, () => ({ changes: { campaignId } }), 2)
      expect(moved).toMatchObject({ team: 'sales', campaignId })
    })

    test('removes a lead with its notes', async () => {
      const store = createLeadStore(await engine.tables())
      const { id } = await store.add(newLead(), undefined, 1)
      await store.addNote({ leadId: id, agentId: null, content: 'hello', createdAt: 1 }, ALL)
      expect(await store.listNotes(id, 10)).toHaveLength(1)
      await store.remove(id, ALL, () => {})
      expect([await store.find(id, ALL), await store.listNotes(id, 10)]).toEqual([undefined, []])
      const note = store.addNote({ leadId: id, agentId: null, content: 'hello', createdAt: 1 }, ALL)
      await expect(note).rejects.toMatchObject({ code: 'not_found' })
    })
  })
})
