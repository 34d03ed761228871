import { describe, expect, test } from 'vitest'
import { createDialQueue } from '../../../../../api/store/sql/call-center/dial-queue.ts'
import { createDoNotCall } from '../../../../../api/store/sql/call-center/do-not-call.ts'
import { addCampaign, addLead, leadOf, now } from '../../../../support/fixtures/campaign-rows.ts'
import { counted, onBothEngines } from '../engines.ts'

describe('the dial queue', () => {
  onBothEngines((engine) => {
    async function setUp() {
      const db = await engine.tables()
      const queue = createDialQueue(db)
      const campaignId = await addCampaign(db)
      const order = { campaignId, zones: [null], agentId: '1', callId: 'hk_1', now }
      return { db, queue, campaignId, order }
    }
    const busy = { outcome: 'busy', isAttempt: true, nextState: 'waiting', nextTryAt: now + 60, now } as const

    test.each([
      ['is not due', { next_try_at: now + 1 }],
      ['is in no queue', { dial_state: 'idle' }],
      ['is done', { dial_state: 'done' }],
      ['is being called', { dial_state: 'dialling', dialling_call_id: 'hk_0', dialling_agent_id: 2 }],
      ['is in a time zone with closed hours', { time_zone: 'Asia/Tokyo' }],
      ['is converted', { status: 'converted' }],
      ['is lost', { status: 'lost' }],
      ['has the status do_not_call', { status: 'do_not_call' }],
    ] as const)('does not claim a lead that %s', async (_, difference) => {
      const { db, queue, campaignId, order } = await setUp()
      await addLead(db, campaignId, difference)
      expect(await queue.claimNext(order)).toBeUndefined()
      await addLead(db, campaignId)
      expect(await queue.claimNext(order)).toBeDefined()
    })

    test.each([
      ['is paused', { status: 'paused' }],
      ['has no automation', { automation: 0 }],
    ] as const)('claims no lead of a campaign that %s', async (_, difference) => {
      const { db, queue, order } = await setUp()
      const campaignId = await addCampaign(db, difference)
      await addLead(db, campaignId)
      expect(await queue.claimNext({ ...order, campaignId })).toBeUndefined()
    })

    test('needs as many statements for many time zones as for one', async () => {
      const { db, campaignId, order } = await setUp()
      const names = Intl.supportedValuesOf('timeZone').slice(0, 90)
      const [first = '', last = ''] = [names[0], names.at(-1)]
      const claimed = { dial_state: 'dialling', dialling_call_id: 'hk_0', dialling_agent_id: 9 } as const
      await addLead(db, campaignId, { time_zone: first, ...claimed })
      await addLead(db, campaignId, { time_zone: last, status: 'lost' })
      const leadId = await addLead(db, campaignId, { time_zone: last, next_try_at: now - 9 })
      const unzoned = await addLead(db, campaignId, { next_try_at: now - 99 })
      const { db: countedDb, statements } = counted(db)
      const queue = createDialQueue(countedDb)
      expect((await queue.claimNext({ ...order, zones: [...names, null] }))?.leadId).toBe(leadId)
      const forManyZones = statements()
      expect((await queue.claimNext({ ...order, zones: [null], agentId: '2', callId: 'hk_2' }))?.leadId).toBe(
        unzoned,
      )
      expect(statements() - forManyZones).toBe(forManyZones)
      expect(await leadOf(db, '2')).toMatchObject({ dial_state: 'done' })
    })

    test('claims by the given order of zones, and in each zone the lead that has been due longest', async () => {
      const { db, queue, campaignId, order } = await setUp()
      const seoul = await addLead(db, campaignId, { time_zone: 'Asia/Seoul', next_try_at: now - 100 })
      const later = await addLead(db, campaignId, { time_zone: 'Asia/Tokyo' })
      const tokyo = await addLead(db, campaignId, { time_zone: 'Asia/Tokyo', next_try_at: now - 5 })
      const zones = ['Asia/Tokyo', null, 'Asia/Seoul']
      const claimed: (string | undefined)[] = []
      for (const agentId of ['1', '2', '3']) {
        claimed.push((await queue.claimNext({ ...order, zones, agentId, callId: `hk_${agentId}` }))?.leadId)
      }
      expect(claimed).toEqual([tokyo, later, seoul])
    })

    test('claims leads of the given zones, and leads without a zone only for null', async () => {
      const { db, queue, campaignId, order } = await setUp()
      const zoned = await addLead(db, campaignId, { time_zone: 'Asia/Tokyo' })
      const none = await addLead(db, campaignId)
      expect((await queue.claimNext({ ...order, zones: ['Asia/Tokyo', 'Asia/Seoul'] }))?.leadId).toBe(zoned)
      expect(await queue.claimNext({ ...order, zones: ['Asia/Seoul'], agentId: '2' })).toBeUndefined()
      expect((await queue.claimNext({ ...order, agentId: '2', callId: 'hk_2' }))?.leadId).toBe(none)
      expect(await queue.claimNext({ ...order, zones: [], agentId: '3' })).toBeUndefined()
    })

    test('ends a lead on the do-not-call list when its turn comes', async () => {
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

    test('does not claim a lead with a number that is being called for another lead', async () => {
      const { db, queue, campaignId, order } = await setUp()
      const [first] = [
        await addLead(db, campaignId, { number: '+49301' }),
        await addLead(db, campaignId, { number: '+49301' }),
      ]
      expect((await queue.claimNext(order))?.leadId).toBe(first)
      expect(await queue.claimNext({ ...order, agentId: '2', callId: 'hk_2' })).toBeUndefined()
      await queue.complete({ leadId: first, callId: 'hk_1' }, { ...busy, nextState: 'done' })
      expect(await queue.claimNext({ ...order, agentId: '2', callId: 'hk_2' })).toBeDefined()
    })

    test('claims no second lead for an agent in a call of a lead', async () => {
      const { db, queue, campaignId, order } = await setUp()
      await addLead(db, campaignId)
      const other = await addLead(db, campaignId)
      await queue.claimNext(order)
      expect(await queue.claimNext({ ...order, callId: 'hk_2' })).toBeUndefined()
      const taking = queue.claim({ leadId: other, agentId: '1', callId: 'hk_2', now })
      await expect(taking).rejects.toMatchObject({ code: 'conflict' })
    })

    test('lets 20 concurrent dialers claim 20 leads, each once', async () => {
      const { db, queue, campaignId, order } = await setUp()
      for (let n = 0; n < 20; n += 1) await addLead(db, campaignId)
      const claimed = new Map<string, string>()
      // The loser of two concurrent claims gets nothing and tries again, as the dialer does.
      for (let round = 0; claimed.size < 20 && round < 20; round += 1) {
        const orders = Array.from({ length: 20 }, (_, n) => ({
          ...order,
          agentId: String(n + 1),
          callId: `hk_${n + 1}`,
        }))
        for (const one of await Promise.all(orders.map(queue.claimNext))) {
          if (one === undefined) continue
          expect(claimed.has(one.leadId)).toBe(false)
          claimed.set(one.leadId, String(one.agentId))
        }
      }
      expect(claimed.size).toBe(20)
      expect(new Set(claimed.values()).size).toBe(20)
    })

    test('claims an assigned lead only for its agent, unless that agent is not in the campaign', async () => {
      const { db, queue, campaignId, order } = await setUp()
      await db.query
        .insertInto('campaign_agents')
        .values(['1', '2'].map((id) => ({ campaign_id: Number(campaignId), agent_id: Number(id) })))
        .execute()
      const ownLead = await addLead(db, campaignId, { agent_id: 2, next_try_at: now - 9 })
      const unrelated = await addLead(db, campaignId, { agent_id: 3 })
      expect((await queue.claimNext(order))?.leadId).toBe(unrelated)
      expect((await queue.claimNext({ ...order, agentId: '2', callId: 'hk_2' }))?.leadId).toBe(ownLead)
    })

    test.each([['idle'], ['waiting'], ['done']] as const)('claims a lead by id that is %s', async (from) => {
      const { db, queue, campaignId } = await setUp()
      const leadId = await addLead(db, campaignId, { dial_state: from, number: '+49301' })
      const order = { leadId, agentId: '1', callId: 'hk_1', now }
      expect(await queue.claim(order)).toMatchObject({ leadId, from, callId: 'hk_1' })
      for (const again of [order, { ...order, agentId: '2', callId: 'hk_2' }]) {
        await expect(queue.claim(again)).rejects.toMatchObject({ code: 'conflict' })
      }
    })

    test('claims a lead by id with an emergency number that is on the do-not-call list', async () => {
      const { db, queue } = await setUp()
      const leadId = await addLead(db, null, { number: '112' })
      await createDoNotCall(db).add([['112']], 'of before', now)
      const order = { leadId, agentId: '1', callId: 'hk_1', isEmergency: true, now }
      expect(await queue.claim(order)).toMatchObject({ leadId, number: '112' })
    })

    test('refuses a claim by id for a number in a call, a number on the do-not-call list and an unknown lead', async () => {
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
  })
})
