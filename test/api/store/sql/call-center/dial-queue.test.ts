import { describe, expect, test } from 'vitest'
import { createAgentStore } from '../../../../../api/store/sql/call-center/agents.ts'
import { createDialQueue } from '../../../../../api/store/sql/call-center/dial-queue.ts'
import { createDoNotCall } from '../../../../../api/store/sql/call-center/do-not-call.ts'
import { createLeadStore } from '../../../../../api/store/sql/call-center/leads.ts'
import { addCampaign, addLead, leadOf, now } from '../../../../support/fixtures/campaign-rows.ts'
import { counted, onBothEngines } from '../engines.ts'

describe('the queue of leads', () => {
  onBothEngines((engine) => {
    async function setUp() {
      const db = await engine.tables()
      const queue = createDialQueue(db)
      const campaignId = await addCampaign(db)
      const order = { campaignId, zones: [null], agentId: '1', callId: 'hk_1', now }
      return { db, queue, campaignId, order }
    }
    const over = { outcome: 'busy', isAttempt: true, nextState: 'waiting', nextTryAt: now + 60, now } as const

    test('the lead that is due the longest is taken, and told of until it is settled', async () => {
      const { db, queue, campaignId, order } = await setUp()
      await addLead(db, campaignId)
      const leadId = await addLead(db, campaignId, { number: '+49301', next_try_at: now - 5, attempts: 1 })
      const taken = {
        ...{ leadId, number: '+49301', campaignId, agentId: '1', callId: 'hk_1' },
        ...{ from: 'waiting', attempts: 1, since: now },
      }
      expect(await queue.claimNext(order)).toEqual(taken)
      expect(await queue.inProgress()).toEqual([taken])
      expect(await queue.complete(taken, over)).toBe(true)
      expect(await queue.inProgress()).toEqual([])
      expect(await leadOf(db, leadId)).toMatchObject({
        dial_state: 'waiting',
        status: 'new',
        attempts: 2,
        last_outcome: 'busy',
        last_call_at: now,
        next_try_at: now + 60,
        dialling_call_id: null,
        version: 1,
      })
    })

    test.each([
      ['is not due', { next_try_at: now + 1 }],
      ['is in no queue', { dial_state: 'idle' }],
      ['is done', { dial_state: 'done' }],
      ['is being called', { dial_state: 'dialling', dialling_call_id: 'hk_0', dialling_agent_id: 2 }],
      ['lives where it is night', { time_zone: 'Asia/Tokyo' }],
      ['is won', { status: 'converted' }],
      ['is lost', { status: 'lost' }],
      ['must not be called', { status: 'do_not_call' }],
    ] as const)('a lead that %s is not taken', async (_, flaw) => {
      const { db, queue, campaignId, order } = await setUp()
      await addLead(db, campaignId, flaw)
      expect(await queue.claimNext(order)).toBeUndefined()
      await addLead(db, campaignId)
      expect(await queue.claimNext(order)).toBeDefined()
    })

    test.each([
      ['is paused', { status: 'paused' }],
      ['does not dial by itself', { automation: 0 }],
    ] as const)('no lead is taken of a campaign that %s', async (_, flaw) => {
      const { db, queue, order } = await setUp()
      const campaignId = await addCampaign(db, flaw)
      await addLead(db, campaignId)
      expect(await queue.claimNext({ ...order, campaignId })).toBeUndefined()
    })

    test('a lead of any of many zones is found by as many statements as of one', async () => {
      const { db, campaignId, order } = await setUp()
      const names = Intl.supportedValuesOf('timeZone').slice(0, 90)
      const [first = '', last = ''] = [names[0], names.at(-1)]
      const taken = { dial_state: 'dialling', dialling_call_id: 'hk_0', dialling_agent_id: 9 } as const
      await addLead(db, campaignId, { time_zone: first, ...taken })
      await addLead(db, campaignId, { time_zone: last, status: 'lost' })
      const leadId = await addLead(db, campaignId, { time_zone: last, next_try_at: now - 9 })
      const unzoned = await addLead(db, campaignId, { next_try_at: now - 99 })
      const { db: asked, statements } = counted(db)
      const queue = createDialQueue(asked)
      expect((await queue.claimNext({ ...order, zones: [...names, null] }))?.leadId).toBe(leadId)
      const ofMany = statements()
      expect((await queue.claimNext({ ...order, zones: [null], agentId: '2', callId: 'hk_2' }))?.leadId).toBe(
        unzoned,
      )
      expect(statements() - ofMany).toBe(ofMany)
      expect(await leadOf(db, '2')).toMatchObject({ dial_state: 'done' })
    })

    test('the zones come in the order that is asked for, and in each the lead that is due the longest', async () => {
      const { db, queue, campaignId, order } = await setUp()
      const seoul = await addLead(db, campaignId, { time_zone: 'Asia/Seoul', next_try_at: now - 100 })
      const later = await addLead(db, campaignId, { time_zone: 'Asia/Tokyo' })
      const tokyo = await addLead(db, campaignId, { time_zone: 'Asia/Tokyo', next_try_at: now - 5 })
      const zones = ['Asia/Tokyo', null, 'Asia/Seoul']
      const taken: (string | undefined)[] = []
      for (const agentId of ['1', '2', '3']) {
        taken.push((await queue.claimNext({ ...order, zones, agentId, callId: `hk_${agentId}` }))?.leadId)
      }
      expect(taken).toEqual([tokyo, later, seoul])
    })

    test('leads of the zones asked for are taken, with those that have none only where that is asked for', async () => {
      const { db, queue, campaignId, order } = await setUp()
      const zoned = await addLead(db, campaignId, { time_zone: 'Asia/Tokyo' })
      const none = await addLead(db, campaignId)
      expect((await queue.claimNext({ ...order, zones: ['Asia/Tokyo', 'Asia/Seoul'] }))?.leadId).toBe(zoned)
      expect(await queue.claimNext({ ...order, zones: ['Asia/Seoul'], agentId: '2' })).toBeUndefined()
      expect((await queue.claimNext({ ...order, agentId: '2', callId: 'hk_2' }))?.leadId).toBe(none)
      expect(await queue.claimNext({ ...order, zones: [], agentId: '3' })).toBeUndefined()
    })

    test('a number on the do-not-call list is given up when its turn comes', async () => {
      const { db, queue, campaignId, order } = await setUp()
      const leadId = await addLead(db, campaignId, { number: '+49301', next_try_at: now - 5 })
      const other = await addLead(db, campaignId)
      await createDoNotCall(db).add([['+49301']], 'asked', now)
      expect((await queue.claimNext(order))?.leadId).toBe(other)
      expect(await leadOf(db, leadId)).toMatchObject({
        dial_state: 'done',
        status: 'do_not_call',
        attempts: 0,
      })
    })

    test('a number that is being called is not called by another lead', async () => {
      const { db, queue, campaignId, order } = await setUp()
      const [first] = [
        await addLead(db, campaignId, { number: '+49301' }),
        await addLead(db, campaignId, { number: '+49301' }),
      ]
      expect((await queue.claimNext(order))?.leadId).toBe(first)
      expect(await queue.claimNext({ ...order, agentId: '2', callId: 'hk_2' })).toBeUndefined()
      await queue.complete({ leadId: first, callId: 'hk_1' }, { ...over, nextState: 'done' })
      expect(await queue.claimNext({ ...order, agentId: '2', callId: 'hk_2' })).toBeDefined()
    })

    test('an agent who is in a call of a lead gets no other', async () => {
      const { db, queue, campaignId, order } = await setUp()
      await addLead(db, campaignId)
      const other = await addLead(db, campaignId)
      await queue.claimNext(order)
      expect(await queue.claimNext({ ...order, callId: 'hk_2' })).toBeUndefined()
      const taking = queue.claim({ leadId: other, agentId: '1', callId: 'hk_2', now })
      await expect(taking).rejects.toMatchObject({ code: 'conflict' })
    })

    test('20 diallers at once take 20 leads, each once', async () => {
      const { db, queue, campaignId, order } = await setUp()
      for (let n = 0; n < 20; n += 1) await addLead(db, campaignId)
      const taken = new Map<string, string>()
      // One that was second gets nothing and asks again, as a dialler does.
      for (let round = 0; taken.size < 20 && round < 20; round += 1) {
        const orders = Array.from({ length: 20 }, (_, n) => ({
          ...order,
          agentId: String(n + 1),
          callId: `hk_${n + 1}`,
        }))
        for (const one of await Promise.all(orders.map(queue.claimNext))) {
          if (one === undefined) continue
          expect(taken.has(one.leadId)).toBe(false)
          taken.set(one.leadId, String(one.agentId))
        }
      }
      expect(taken.size).toBe(20)
      expect(new Set(taken.values()).size).toBe(20)
    })

    test('a lead of somebody who works in the campaign waits for them; one of somebody else is anybody’s', async () => {
      const { db, queue, campaignId, order } = await setUp()
      await db.query
        .insertInto('campaign_agents')
        .values(['1', '2'].map((id) => ({ campaign_id: Number(campaignId), agent_id: Number(id) })))
        .execute()
      const theirs = await addLead(db, campaignId, { agent_id: 2, next_try_at: now - 9 })
      const strangers = await addLead(db, campaignId, { agent_id: 3 })
      expect((await queue.claimNext(order))?.leadId).toBe(strangers)
      expect((await queue.claimNext({ ...order, agentId: '2', callId: 'hk_2' }))?.leadId).toBe(theirs)
    })

    test('an agent who has handed the call on may have the next lead, and the first is still in its call', async () => {
      const { db, queue, campaignId, order } = await setUp()
      const first = await addLead(db, campaignId)
      const second = await addLead(db, campaignId)
      await queue.claimNext(order)
      await queue.releaseAgent({ leadId: first, callId: 'hk_0' })
      expect(await queue.claimNext({ ...order, callId: 'hk_2' })).toBeUndefined()
      await queue.releaseAgent({ leadId: first, callId: 'hk_1' })
      expect((await queue.claimNext({ ...order, callId: 'hk_2' }))?.leadId).toBe(second)
      expect(await queue.inProgress()).toMatchObject([
        { leadId: first, agentId: null },
        { leadId: second, agentId: '1' },
      ])
      expect(await queue.complete({ leadId: first, callId: 'hk_1' }, { ...over, nextState: 'done' })).toBe(
        true,
      )
    })

    test.each([
      ['of nobody', { agent_id: null, team: null }, { agent_id: 1, team: 'sales' }],
      ['of the same team', { agent_id: null, team: 'sales' }, { agent_id: 1, team: 'sales' }],
      [
        'of another team stays there',
        { agent_id: null, team: 'support' },
        { agent_id: null, team: 'support' },
      ],
      ['of somebody else stays theirs', { agent_id: 7, team: 'support' }, { agent_id: 7, team: 'support' }],
    ])('a lead %s that was reached is its caller’s, who may open it', async (_, whose, becomes) => {
      const { db, queue, campaignId, order } = await setUp()
      const agents = createAgentStore(db)
      const { id: agentId } = await agents.add(
        { userId: null, name: 'anna', kind: 'human', team: 'sales' },
        now,
        now,
      )
      const leadId = await addLead(db, campaignId, whose)
      const call = await queue.claimNext({ ...order, agentId })
      const own = { sees: 'own', agentId } as const
      const leads = createLeadStore(db)
      expect(await leads.find(leadId, own)).toBeDefined()
      expect(await leads.find(leadId, { ...own, agentId: '99' })).toBeUndefined()
      await queue.complete(
        { leadId, callId: call?.callId ?? '' },
        { ...over, outcome: 'answered', nextState: 'done' },
      )
      expect(await leadOf(db, leadId)).toMatchObject(becomes)
      expect(await leads.find(leadId, own)).toBeDefined()
    })

    test.each([['idle'], ['waiting'], ['done']] as const)('one that is %s is taken by hand', async (from) => {
      const { db, queue, campaignId } = await setUp()
      const leadId = await addLead(db, campaignId, { dial_state: from, number: '+49301' })
      const order = { leadId, agentId: '1', callId: 'hk_1', now }
      expect(await queue.claim(order)).toMatchObject({ leadId, from, callId: 'hk_1' })
      for (const again of [order, { ...order, agentId: '2', callId: 'hk_2' }]) {
        await expect(queue.claim(again)).rejects.toMatchObject({ code: 'conflict' })
      }
    })

    test('by hand: an emergency number, although an entry of before lists it', async () => {
      const { db, queue } = await setUp()
      const leadId = await addLead(db, null, { number: '112' })
      await createDoNotCall(db).add([['112']], 'of before', now)
      const order = { leadId, agentId: '1', callId: 'hk_1', isEmergency: true, now }
      expect(await queue.claim(order)).toMatchObject({ leadId, number: '112' })
    })

    test('by hand: a number that is being called, one that must not be, and a lead that is not there', async () => {
      const { db, queue } = await setUp()
      const number = '+49301'
      const [first, second] = [await addLead(db, null, { number }), await addLead(db, null, { number })]
      const third = await addLead(db, null, { number: '+49302' })
      await createDoNotCall(db).add([['+49302']], 'asked', now)
      await queue.claim({ leadId: first, agentId: '1', callId: 'hk_1', now })
      const take = (leadId: string) => queue.claim({ leadId, agentId: '2', callId: 'hk_2', now })
      await expect(take(second)).rejects.toMatchObject({ code: 'conflict' })
      await expect(take(third)).rejects.toMatchObject({ code: 'dial_denied' })
      await expect(take('99')).rejects.toMatchObject({ code: 'not_found' })
      await expect(take('\ud800')).rejects.toMatchObject({ code: 'not_found' })
    })

    test('the first word of a call’s end is heard, and none of another call', async () => {
      const { db, queue, campaignId, order } = await setUp()
      const leadId = await addLead(db, campaignId)
      await queue.claimNext(order)
      expect(await queue.complete({ leadId, callId: 'hk_0' }, over)).toBe(false)
      expect(await queue.complete({ leadId, callId: 'hk_1' }, over)).toBe(true)
      expect(await queue.complete({ leadId, callId: 'hk_1' }, over)).toBe(false)
      expect(await leadOf(db, leadId)).toMatchObject({ attempts: 1 })
    })

    test('what was never dialled leaves no trace', async () => {
      const { db, queue, campaignId, order } = await setUp()
      const leadId = await addLead(db, campaignId)
      const before = await leadOf(db, leadId)
      await queue.claimNext(order)
      await queue.complete(
        { leadId, callId: 'hk_1' },
        { outcome: null, isAttempt: false, nextState: 'waiting', nextTryAt: now, now },
      )
      expect(await leadOf(db, leadId)).toEqual(before)
    })

    test('a lead whose number is listed in another spelling is settled as such', async () => {
      const { db, queue, campaignId, order } = await setUp()
      const leadId = await addLead(db, campaignId)
      await queue.claimNext(order)
      const barred = { ...over, outcome: null, nextState: 'done', status: 'do_not_call' } as const
      await queue.complete({ leadId, callId: 'hk_1' }, barred)
      expect(await leadOf(db, leadId)).toMatchObject({ status: 'do_not_call', dial_state: 'done' })
    })

    test.each([
      ['new', 'contacted'],
      ['qualified', 'qualified'],
    ] as const)('a lead that was %s and is reached is %s', async (status, then) => {
      const { db, queue, campaignId, order } = await setUp()
      const leadId = await addLead(db, campaignId, { status })
      await queue.claimNext(order)
      await queue.complete({ leadId, callId: 'hk_1' }, { ...over, outcome: 'answered', nextState: 'done' })
      expect((await leadOf(db, leadId)).status).toBe(then)
    })
  })
})
