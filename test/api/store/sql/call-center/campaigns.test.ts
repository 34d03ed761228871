import { describe, expect, test } from 'vitest'
import { UNRESTRICTED_SCOPE } from '../../../../../api/core/call-center/agents/scope.ts'
import type { NewCampaign } from '../../../../../api/core/call-center/campaigns/campaign-store.ts'
import { createCampaignStore } from '../../../../../api/store/sql/call-center/campaigns.ts'
import { addLead, leadOf, now } from '../../../../support/fixtures/campaign-rows.ts'
import { newRules } from '../../../../support/fixtures/campaigns.ts'
import { onBothEngines } from '../engines.ts'

const spring: NewCampaign = {
  name: 'Spring',
  description: 'to old customers',
  team: 'sales',
  dialerMode: 'progressive',
  rules: newRules({ callerId: '+4930', retryMinutesOf: { busy: 1 } }),
  agentIds: ['7', '3'],
}

describe('the campaign store', () => {
  onBothEngines((engine) => {
    async function setUp() {
      const db = await engine.tables()
      const store = createCampaignStore(db)
      return { db, store, added: await store.add(spring, now) }
    }

    test('finds a campaign as it was added: a draft without automation', async () => {
      const { store, added } = await setUp()
      expect(added).toEqual({
        ...spring,
        id: added.id,
        agentIds: ['3', '7'],
        status: 'draft',
        automation: false,
        automationNote: null,
        stopped: false,
        version: 1,
        createdAt: now,
        updatedAt: now,
      })
      expect(await store.find(added.id, UNRESTRICTED_SCOPE)).toEqual(added)
      expect(await store.find('99', UNRESTRICTED_SCOPE)).toBeUndefined()
      expect(await store.find('\ud800', UNRESTRICTED_SCOPE)).toBeUndefined()
    })

    test.each([
      ['includes it for a supervisor of its team', { sees: 'team', team: 'sales', agentId: '1' }, true],
      ['excludes it for another team', { sees: 'team', team: 'support', agentId: '3' }, false],
      ['includes it for an agent who works in it', { sees: 'own', agentId: '3' }, true],
      ['excludes it for another agent', { sees: 'own', agentId: '4' }, false],
    ] as const)('applies the scope: %s', async (_, scope, sees) => {
      const { store, added } = await setUp()
      expect((await store.find(added.id, scope)) !== undefined).toBe(sees)
      expect(await store.list(scope, { limit: 9 })).toHaveLength(sees ? 1 : 0)
    })

    test('lists by id, after a cursor, filtered by status', async () => {
      const { store, added } = await setUp()
      const second = await store.add({ ...spring, name: 'Summer' }, now)
      const third = await store.add({ ...spring, name: 'Autumn', agentIds: [] }, now)
      await store.transition(second.id, ['draft'], { status: 'active' }, now)
      const ids = async (page: Parameters<typeof store.list>[1]) =>
        (await store.list(UNRESTRICTED_SCOPE, page)).map(({ id }) => id)
      expect(await ids({ limit: 2 })).toEqual([added.id, second.id])
      expect(await ids({ limit: 2, afterId: second.id })).toEqual([third.id])
      expect(await ids({ limit: 9, status: 'draft' })).toEqual([added.id, third.id])
    })

    test('updates the given members and increments the version', async () => {
      const { store, added } = await setUp()
      const rules = newRules({ maxAttempts: 1 })
      const change = { name: 'Sommer', rules, agentIds: ['9'], team: null }
      expect(await store.update(added.id, change, 1, now + 1)).toEqual({
        ...added,
        ...change,
        version: 2,
        updatedAt: now + 1,
      })
      await expect(store.update(added.id, { name: 'Winter' }, 1, now)).rejects.toMatchObject({
        code: 'stale',
      })
      await expect(store.update('99', { name: 'Winter' }, 1, now)).rejects.toMatchObject({
        code: 'not_found',
      })
      expect(await store.update(added.id, {}, undefined, now)).toMatchObject({ name: 'Sommer', version: 3 })
    })

    test('makes a transition only from an allowed status, and once of two concurrent requests', async () => {
      const { store, added } = await setUp()
      const take = () => store.transition(added.id, ['draft'], { status: 'active', automation: true }, now)
      expect((await Promise.all([take(), take()])).toSorted()).toEqual([false, true])
      expect(await store.listAutomated()).toMatchObject([{ id: added.id, version: 2, automation: true }])
      await store.transition(added.id, ['active'], { status: 'paused' }, now)
      expect(await store.listAutomated()).toEqual([])
    })

    test('completes a campaign with automation when no lead waits or is in a call', async () => {
      const { db, store, added } = await setUp()
      await store.transition(added.id, ['draft'], { status: 'active', automation: true }, now)
      // A campaign without leads.
      expect(await store.completeIfExhausted(added.id, now)).toBe(false)
      const lead = await addLead(db, added.id)
      for (const state of ['waiting', 'dialling'] as const) {
        await db.query.updateTable('leads').set({ dial_state: state }).execute()
        expect(await store.completeIfExhausted(added.id, now)).toBe(false)
      }
      await db.query.updateTable('leads').set({ dial_state: 'done' }).where('id', '=', Number(lead)).execute()
      expect(await store.completeIfExhausted(added.id, now)).toBe(true)
      expect(await store.find(added.id, UNRESTRICTED_SCOPE)).toMatchObject({
        status: 'completed',
        automation: false,
        stopped: false,
      })
    })

    test('does not complete a campaign without automation', async () => {
      const { db, store, added } = await setUp()
      await store.transition(added.id, ['draft'], { status: 'active' }, now)
      await addLead(db, added.id, { dial_state: 'done' })
      expect(await store.completeIfExhausted(added.id, now)).toBe(false)
    })

    test('counts leads by state and outcome, and waiting leads by time zone', async () => {
      const { db, store, added } = await setUp()
      const other = await store.add(spring, now)
      await addLead(db, added.id, { next_try_at: now + 9 })
      await addLead(db, added.id, { next_try_at: now + 5, last_outcome: 'busy', attempts: 2 })
      await addLead(db, added.id, { time_zone: 'Asia/Tokyo', last_outcome: 'busy', attempts: 1 })
      await addLead(db, added.id, { dial_state: 'dialling', dialling_call_id: 'hk_1', dialling_agent_id: 1 })
      await addLead(db, added.id, { dial_state: 'done', last_outcome: 'answered', attempts: 1 })
      await addLead(db, added.id, { dial_state: 'done', status: 'do_not_call' })
      const none = { total: 0, waiting: 0, dialling: 0, done: 0, calls: 0, outcomes: {} }
      expect(await store.progress([added.id, other.id])).toEqual(
        new Map([
          [
            added.id,
            { total: 6, waiting: 3, dialling: 1, done: 2, calls: 4, outcomes: { busy: 2, answered: 1 } },
          ],
          [other.id, none],
        ]),
      )
      expect(await store.waitingZones(added.id)).toEqual([
        { zone: 'Asia/Tokyo', dueAt: now },
        { zone: null, dueAt: now + 5 },
      ])
      expect(await store.progress([])).toEqual(new Map())
    })

    test('has a due lead for the agents who may call it', async () => {
      const { db, store, added } = await setUp()
      const [member, other] = [spring.agentIds[0] ?? '', '99']
      await addLead(db, added.id, { next_try_at: now + 9 })
      expect(await store.hasDueLeadFor(added.id, [member, other], now)).toBe(false)
      await addLead(db, added.id, { agent_id: Number(member) })
      expect(await store.hasDueLeadFor(added.id, [other], now)).toBe(false)
      expect(await store.hasDueLeadFor(added.id, [other, member], now)).toBe(true)
      await addLead(db, added.id, { agent_id: 98 })
      expect(await store.hasDueLeadFor(added.id, [other], now)).toBe(true)
    })

    test('keeps a note until the campaign or its automation is started again', async () => {
      const { store, added } = await setUp()
      await store.setNote(added.id, 'lead 3 cannot be called')
      expect(await store.find(added.id, UNRESTRICTED_SCOPE)).toMatchObject({
        automationNote: 'lead 3 cannot be called',
        version: 1,
      })
      await store.transition(added.id, ['draft'], { automation: true }, now)
      expect(await store.find(added.id, UNRESTRICTED_SCOPE)).toMatchObject({ automationNote: null })
      await store.setNote(added.id, 'the trunk is out of order')
      await store.transition(added.id, ['draft'], { status: 'active' }, now)
      expect(await store.find(added.id, UNRESTRICTED_SCOPE)).toMatchObject({ automationNote: null })
    })

    describe('pausing for an outage', () => {
      const failed = { attempts: 1, last_outcome: 'congestion', next_try_at: now + 60 } as const

      test('sets status and note, and does nothing to a campaign that is already paused', async () => {
        const { store, added } = await setUp()
        await store.transition(added.id, ['draft'], { status: 'active', automation: true }, now)
        const reason = { note: 'the trunk is out of order', attempts: [] }
        expect(await store.pauseForOutage(added.id, reason, now)).toBe(true)
        expect(await store.find(added.id, UNRESTRICTED_SCOPE)).toMatchObject({
          status: 'paused',
          automation: true,
          automationNote: reason.note,
        })
        expect(await store.pauseForOutage(added.id, { note: 'again', attempts: [] }, now)).toBe(false)
        expect(await store.find(added.id, UNRESTRICTED_SCOPE)).toMatchObject({ automationNote: reason.note })
      })

      test.each([
        ['waits', {}, { dial_state: 'waiting', attempts: 0, next_try_at: now + 5 }],
        ['was tried twice', { attempts: 2 }, { dial_state: 'waiting', attempts: 1, next_try_at: now + 5 }],
        [
          'is done because of the outage',
          { dial_state: 'done', last_outcome: 'unknown_number' },
          { dial_state: 'waiting', attempts: 0, next_try_at: now + 5 },
        ],
        [
          'was reached since',
          { dial_state: 'done', last_outcome: 'answered' },
          { dial_state: 'done', attempts: 0, next_try_at: now + 60 },
        ],
        [
          'a user set to lost',
          { dial_state: 'done', status: 'lost' },
          { dial_state: 'done', attempts: 0, next_try_at: now + 60 },
        ],
        [
          'is being called',
          { dial_state: 'dialling', dialling_call_id: 'hk_1', dialling_agent_id: 3 },
          { dial_state: 'dialling', attempts: 0, next_try_at: now + 60 },
        ],
      ] as const)('refunds the attempt of a lead that %s', async (_, difference, expected) => {
        const { db, store, added } = await setUp()
        const leadId = await addLead(db, added.id, { ...failed, ...difference })
        const other = await addLead(db, added.id, failed)
        await store.pauseForOutage(added.id, { note: 'out of order', attempts: [{ leadId }] }, now + 5)
        expect(await leadOf(db, leadId)).toMatchObject(expected)
        expect(await leadOf(db, other)).toMatchObject({ attempts: 1, next_try_at: now + 60 })
      })

      test('does not change a lead that was moved to another campaign', async () => {
        const { db, store, added } = await setUp()
        const other = await store.add({ ...spring, name: 'Summer' }, now)
        const leadId = await addLead(db, other.id, failed)
        await store.pauseForOutage(added.id, { note: 'out of order', attempts: [{ leadId }] }, now)
        expect(await leadOf(db, leadId)).toMatchObject({ attempts: 1, next_try_at: now + 60 })
      })
    })
  })
})
