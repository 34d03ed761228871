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

describe('campaigns as they are kept', () => {
  onBothEngines((engine) => {
    async function setUp() {
      const db = await engine.tables()
      const store = createCampaignStore(db)
      return { db, store, made: await store.add(spring, now) }
    }

    test('one is found as it was made: a draft that does not dial', async () => {
      const { store, made } = await setUp()
      expect(made).toEqual({
        ...spring,
        id: made.id,
        agentIds: ['3', '7'],
        status: 'draft',
        automation: false,
        automationNote: null,
        stopped: false,
        version: 1,
        createdAt: now,
        updatedAt: now,
      })
      expect(await store.find(made.id, UNRESTRICTED_SCOPE)).toEqual(made)
      expect(await store.find('99', UNRESTRICTED_SCOPE)).toBeUndefined()
      expect(await store.find('\ud800', UNRESTRICTED_SCOPE)).toBeUndefined()
    })

    test.each([
      ['its team', { sees: 'team', team: 'sales', agentId: '1' }, true],
      ['another team', { sees: 'team', team: 'support', agentId: '3' }, false],
      ['who works in it', { sees: 'own', agentId: '3' }, true],
      ['who does not', { sees: 'own', agentId: '4' }, false],
    ] as const)('%s sees it or not', async (_, scope, sees) => {
      const { store, made } = await setUp()
      expect((await store.find(made.id, scope)) !== undefined).toBe(sees)
      expect(await store.list(scope, { limit: 9 })).toHaveLength(sees ? 1 : 0)
    })

    test('lists go by id, from a place on, of one status', async () => {
      const { store, made } = await setUp()
      const second = await store.add({ ...spring, name: 'Summer' }, now)
      const third = await store.add({ ...spring, name: 'Autumn', agentIds: [] }, now)
      await store.transition(second.id, ['draft'], { status: 'active' }, now)
      const ids = async (page: Parameters<typeof store.list>[1]) =>
        (await store.list(UNRESTRICTED_SCOPE, page)).map(({ id }) => id)
      expect(await ids({ limit: 2 })).toEqual([made.id, second.id])
      expect(await ids({ limit: 2, afterId: second.id })).toEqual([third.id])
      expect(await ids({ limit: 9, status: 'draft' })).toEqual([made.id, third.id])
    })

    test('a change writes what it names and takes another version', async () => {
      const { store, made } = await setUp()
      const rules = newRules({ maxAttempts: 1 })
      const change = { name: 'Sommer', rules, agentIds: ['9'], team: null }
      expect(await store.update(made.id, change, 1, now + 1)).toEqual({
        ...made,
        ...change,
        version: 2,
        updatedAt: now + 1,
      })
      await expect(store.update(made.id, { name: 'Winter' }, 1, now)).rejects.toMatchObject({ code: 'stale' })
      await expect(store.update('99', { name: 'Winter' }, 1, now)).rejects.toMatchObject({
        code: 'not_found',
      })
      expect(await store.update(made.id, {}, undefined, now)).toMatchObject({ name: 'Sommer', version: 3 })
    })

    test('a step is taken from where it may begin, by one of two', async () => {
      const { store, made } = await setUp()
      const take = () => store.transition(made.id, ['draft'], { status: 'active', automation: true }, now)
      expect((await Promise.all([take(), take()])).toSorted()).toEqual([false, true])
      expect(await store.listAutomated()).toMatchObject([{ id: made.id, version: 2, automation: true }])
      await store.transition(made.id, ['active'], { status: 'paused' }, now)
      expect(await store.listAutomated()).toEqual([])
    })

    test('one is over when it dials by itself and no lead waits or is called', async () => {
      const { db, store, made } = await setUp()
      await store.transition(made.id, ['draft'], { status: 'active', automation: true }, now)
      // A list that is still to come.
      expect(await store.completeIfExhausted(made.id, now)).toBe(false)
      const lead = await addLead(db, made.id)
      for (const state of ['waiting', 'dialling'] as const) {
        await db.query.updateTable('leads').set({ dial_state: state }).execute()
        expect(await store.completeIfExhausted(made.id, now)).toBe(false)
      }
      await db.query.updateTable('leads').set({ dial_state: 'done' }).where('id', '=', Number(lead)).execute()
      expect(await store.completeIfExhausted(made.id, now)).toBe(true)
      expect(await store.find(made.id, UNRESTRICTED_SCOPE)).toMatchObject({
        status: 'completed',
        automation: false,
        stopped: false,
      })
    })

    test('one that is dialled by hand is never over by itself', async () => {
      const { db, store, made } = await setUp()
      await store.transition(made.id, ['draft'], { status: 'active' }, now)
      await addLead(db, made.id, { dial_state: 'done' })
      expect(await store.completeIfExhausted(made.id, now)).toBe(false)
    })

    test('its leads are counted by what became of them, and by where they wait', async () => {
      const { db, store, made } = await setUp()
      const other = await store.add(spring, now)
      await addLead(db, made.id, { next_try_at: now + 9 })
      await addLead(db, made.id, { next_try_at: now + 5, last_outcome: 'busy', attempts: 2 })
      await addLead(db, made.id, { time_zone: 'Asia/Tokyo', last_outcome: 'busy', attempts: 1 })
      await addLead(db, made.id, { dial_state: 'dialling', dialling_call_id: 'hk_1', dialling_agent_id: 1 })
      await addLead(db, made.id, { dial_state: 'done', last_outcome: 'answered', attempts: 1 })
      await addLead(db, made.id, { dial_state: 'done', status: 'do_not_call' })
      const none = { total: 0, waiting: 0, dialling: 0, done: 0, calls: 0, outcomes: {} }
      expect(await store.progress([made.id, other.id])).toEqual(
        new Map([
          [
            made.id,
            { total: 6, waiting: 3, dialling: 1, done: 2, calls: 4, outcomes: { busy: 2, answered: 1 } },
          ],
          [other.id, none],
        ]),
      )
      expect(await store.waitingZones(made.id)).toEqual([
        { zone: 'Asia/Tokyo', dueAt: now },
        { zone: null, dueAt: now + 5 },
      ])
      expect(await store.progress([])).toEqual(new Map())
    })

    test('what is due is offered to whom it may be given', async () => {
      const { db, store, made } = await setUp()
      const [member, guest] = [spring.agentIds[0] ?? '', '99']
      await addLead(db, made.id, { next_try_at: now + 9 })
      expect(await store.hasDueLeadFor(made.id, [member, guest], now)).toBe(false)
      await addLead(db, made.id, { agent_id: Number(member) })
      expect(await store.hasDueLeadFor(made.id, [guest], now)).toBe(false)
      expect(await store.hasDueLeadFor(made.id, [guest, member], now)).toBe(true)
      await addLead(db, made.id, { agent_id: 98 })
      expect(await store.hasDueLeadFor(made.id, [guest], now)).toBe(true)
    })

    test('a note is kept until it dials anew', async () => {
      const { store, made } = await setUp()
      await store.setNote(made.id, 'lead 3 cannot be called')
      expect(await store.find(made.id, UNRESTRICTED_SCOPE)).toMatchObject({
        automationNote: 'lead 3 cannot be called',
        version: 1,
      })
      await store.transition(made.id, ['draft'], { automation: true }, now)
      expect(await store.find(made.id, UNRESTRICTED_SCOPE)).toMatchObject({ automationNote: null })
      await store.setNote(made.id, 'the trunk is out of order')
      await store.transition(made.id, ['draft'], { status: 'active' }, now)
      expect(await store.find(made.id, UNRESTRICTED_SCOPE)).toMatchObject({ automationNote: null })
    })

    describe('one that is halted', () => {
      const failed = { attempts: 1, last_outcome: 'congestion', next_try_at: now + 60 } as const

      test('is paused with the reason, and by the second who asks no more', async () => {
        const { store, made } = await setUp()
        await store.transition(made.id, ['draft'], { status: 'active', automation: true }, now)
        const reason = { note: 'the trunk is out of order', attempts: [] }
        expect(await store.pauseForOutage(made.id, reason, now)).toBe(true)
        expect(await store.find(made.id, UNRESTRICTED_SCOPE)).toMatchObject({
          status: 'paused',
          automation: true,
          automationNote: reason.note,
        })
        expect(await store.pauseForOutage(made.id, { note: 'again', attempts: [] }, now)).toBe(false)
        expect(await store.find(made.id, UNRESTRICTED_SCOPE)).toMatchObject({ automationNote: reason.note })
      })

      test.each([
        ['waits', {}, { dial_state: 'waiting', attempts: 0, next_try_at: now + 5 }],
        ['was tried twice', { attempts: 2 }, { dial_state: 'waiting', attempts: 1, next_try_at: now + 5 }],
        [
          'is done for want of a good number',
          { dial_state: 'done', last_outcome: 'unknown_number' },
          { dial_state: 'waiting', attempts: 0, next_try_at: now + 5 },
        ],
        [
          'was reached since',
          { dial_state: 'done', last_outcome: 'answered' },
          { dial_state: 'done', attempts: 0, next_try_at: now + 60 },
        ],
        [
          'was given up by a person',
          { dial_state: 'done', status: 'lost' },
          { dial_state: 'done', attempts: 0, next_try_at: now + 60 },
        ],
        [
          'is being called',
          { dial_state: 'dialling', dialling_call_id: 'hk_1', dialling_agent_id: 3 },
          { dial_state: 'dialling', attempts: 0, next_try_at: now + 60 },
        ],
      ] as const)('gives a lead that %s its attempt back', async (_, flaw, should) => {
        const { db, store, made } = await setUp()
        const leadId = await addLead(db, made.id, { ...failed, ...flaw })
        const other = await addLead(db, made.id, failed)
        await store.pauseForOutage(made.id, { note: 'out of order', attempts: [{ leadId }] }, now + 5)
        expect(await leadOf(db, leadId)).toMatchObject(should)
        expect(await leadOf(db, other)).toMatchObject({ attempts: 1, next_try_at: now + 60 })
      })

      test('leaves a lead alone that is in another campaign by now', async () => {
        const { db, store, made } = await setUp()
        const other = await store.add({ ...spring, name: 'Summer' }, now)
        const leadId = await addLead(db, other.id, failed)
        await store.pauseForOutage(made.id, { note: 'out of order', attempts: [{ leadId }] }, now)
        expect(await leadOf(db, leadId)).toMatchObject({ attempts: 1, next_try_at: now + 60 })
      })
    })
  })
})
