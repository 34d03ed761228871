import { describe, expect, test } from 'vitest'
import type { AttemptResult } from '../../../../../api/core/call-center/campaigns/dial-queue.ts'
import { createCampaignStore } from '../../../../../api/store/sql/call-center/campaigns.ts'
import { createDialQueue } from '../../../../../api/store/sql/call-center/dial-queue.ts'
import { createDoNotCall } from '../../../../../api/store/sql/call-center/do-not-call.ts'
import { createLeadStore } from '../../../../../api/store/sql/call-center/leads.ts'
import { addCampaign, addLead, leadOf, now } from '../../../../support/fixtures/campaign-rows.ts'
import { onBothEngines } from '../engines.ts'

/** Columns of a callback that is due, agreed by agent 7 for any agent. */
const due = {
  ...{ callback_at: now - 5, next_try_at: now - 5, callback_time_zone: 'UTC', callback_agent_id: 7 },
  ...{ callback_is_own: 0, callback_attempts: 0 },
}
const ahead = { ...due, callback_at: now + 600, next_try_at: now + 600 }
const answered: AttemptResult = {
  ...{ outcome: 'answered', isAttempt: true, nextState: 'done', nextTryAt: now, now },
}
const busy: AttemptResult = { ...answered, outcome: 'busy', nextState: 'waiting', nextTryAt: now + 60 }

describe('callbacks in the dial queue', () => {
  onBothEngines((engine) => {
    async function setUp(members: readonly number[] = []) {
      const db = await engine.tables()
      const campaignId = await addCampaign(db)
      for (const agent_id of members)
        await db.query
          .insertInto('campaign_agents')
          .values({ campaign_id: Number(campaignId), agent_id })
          .execute()
      const queue = createDialQueue(db)
      const claim = async (agentId: string, zones: (string | null)[] = [null], at = now) =>
        (await queue.claimNext({ campaignId, zones, agentId, callId: `hk_${agentId}`, now: at }))?.leadId
      return { db, queue, campaignId, claim }
    }

    test('are claimed before leads that have been due longer, in whichever zone', async () => {
      const { db, campaignId, claim } = await setUp()
      const lead = await addLead(db, campaignId, { time_zone: 'Asia/Tokyo', next_try_at: now - 99 })
      const callback = await addLead(db, campaignId, { time_zone: 'Asia/Seoul', ...due })
      const zones = ['Asia/Tokyo', null, 'Asia/Seoul']
      expect([await claim('1', zones), await claim('2', zones)]).toEqual([callback, lead])
    })

    test('are not claimed before their time, also if the queue names an earlier one', async () => {
      const { db, campaignId, claim } = await setUp()
      const leadId = await addLead(db, campaignId, { ...ahead, next_try_at: now - 1 })
      expect(await claim('1')).toBeUndefined()
      expect(await claim('1', [null], now + 599)).toBeUndefined()
      expect(await claim('1', [null], now + 600)).toBe(leadId)
    })

    test.each([
      ['outside of the calling hours', { time_zone: 'Asia/Tokyo' }],
      ['that are lost', { status: 'lost' }],
    ] as const)('of leads %s are not claimed', async (_, difference) => {
      const { db, campaignId, claim } = await setUp()
      await addLead(db, campaignId, { ...due, ...difference })
      expect(await claim('1')).toBeUndefined()
    })

    test('of a number on the do-not-call list are not claimed, and the lead is done without one', async () => {
      const { db, campaignId, claim } = await setUp()
      const leadId = await addLead(db, campaignId, { ...due, number: '+49301' })
      await createDoNotCall(db).add([['+49301']], 'asked', now)
      expect(await claim('1')).toBeUndefined()
      expect(await leadOf(db, leadId)).toMatchObject({
        dial_state: 'done',
        status: 'do_not_call',
        callback_at: null,
      })
    })

    test('of one’s own are claimed by that agent alone', async () => {
      const { db, campaignId, claim } = await setUp([7, 8])
      const leadId = await addLead(db, campaignId, { ...due, callback_is_own: 1 })
      expect(await claim('8')).toBeUndefined()
      expect(await claim('7')).toBe(leadId)
    })

    test.each([
      ['of one’s own, if that agent has left the campaign', [8], { ...due, callback_is_own: 1 }],
      ['that are not one’s own, also if the lead is assigned', [7, 8], { ...due, agent_id: 7 }],
    ] as const)('%s are claimed by any agent', async (_, members, difference) => {
      const { db, campaignId, claim } = await setUp(members)
      const leadId = await addLead(db, campaignId, difference)
      expect(await claim('8')).toBe(leadId)
    })

    test('count attempts from the time they were agreed', async () => {
      const { db, queue, campaignId, claim } = await setUp()
      await addLead(db, campaignId, { ...due, attempts: 5, callback_attempts: 4 })
      await claim('1')
      expect(await queue.inProgress()).toMatchObject([{ attempts: 1 }])
    })

    const claimedBy1 = { dial_state: 'dialling', dialling_call_id: 'hk_1', dialling_agent_id: 1 } as const
    const stays = { callback_at: due.callback_at, next_try_at: now + 60, dial_state: 'waiting' }
    test.each([
      ['reached', { ...due, dialling_from: 'waiting' }, answered, { dial_state: 'done', callback_at: null }],
      ['busy', { ...due, dialling_from: 'waiting' }, busy, stays],
      ['given up', { ...due }, { ...busy, nextState: 'done' }, { dial_state: 'done', callback_at: null }],
      [
        'reached before the time, by hand',
        { ...ahead, dialling_from: 'waiting' },
        answered,
        { dial_state: 'waiting', callback_at: now + 600, next_try_at: now + 600 },
      ],
      [
        'not dialed before the time',
        { ...ahead, dialling_from: 'waiting' },
        { ...busy, outcome: null, isAttempt: false, nextTryAt: now },
        { dial_state: 'waiting', callback_at: now + 600, next_try_at: now + 600 },
      ],
      [
        'on the do-not-call list in another spelling',
        { ...due },
        { ...answered, outcome: null, status: 'do_not_call' },
        { dial_state: 'done', callback_at: null, status: 'do_not_call' },
      ],
      [
        'reached, and agreed for a time that passed during the call',
        { ...due, result_state: 'waiting', result_try_at: due.callback_at },
        answered,
        { dial_state: 'waiting', callback_at: due.callback_at, result_state: null },
      ],
      [
        'reached, with a result that ends it',
        { ...due, result_state: 'done', result_try_at: now },
        { ...busy },
        { dial_state: 'done', callback_at: null, result_state: null, result_try_at: null },
      ],
    ] as const)('a lead that was %s', async (_, difference, result, expected) => {
      const { db, queue, campaignId } = await setUp()
      const leadId = await addLead(db, campaignId, { ...claimedBy1, ...difference })
      expect(await queue.complete({ leadId, callId: 'hk_1' }, result)).toBe(true)
      expect(await leadOf(db, leadId)).toMatchObject(expected)
    })

    test('stay ahead if the attempts of an outage are refunded', async () => {
      const { db, campaignId } = await setUp()
      const leadId = await addLead(db, campaignId, { ...ahead, attempts: 1, last_outcome: 'congestion' })
      await createCampaignStore(db).pauseForOutage(campaignId, { note: '', attempts: [{ leadId }] }, now)
      expect(await leadOf(db, leadId)).toMatchObject({ attempts: 0, next_try_at: now + 600 })
    })

    test('are reported as waiting until their time', async () => {
      const { db, campaignId } = await setUp()
      const campaigns = createCampaignStore(db)
      await addLead(db, campaignId, ahead)
      expect(await campaigns.waitingZones(campaignId)).toEqual([{ zone: null, dueAt: now + 600 }])
      expect(await campaigns.hasDueLeadFor(campaignId, ['1'], now)).toBe(false)
    })

    test('a state for after the call is stored only for that call, and null takes it back', async () => {
      const { db, campaignId } = await setUp()
      const leads = createLeadStore(db)
      const leadId = await addLead(db, campaignId, claimedBy1)
      const store = async (afterCall: { state: 'done'; nextTryAt: number; callId: string } | null) => {
        await leads.change(leadId, { sees: 'all' }, () => ({ changes: {}, afterCall }), now)
        return (await leadOf(db, leadId)).result_state
      }
      expect(await store({ state: 'done', nextTryAt: now, callId: 'hk_0' })).toBeNull()
      expect(await store({ state: 'done', nextTryAt: now, callId: 'hk_1' })).toBe('done')
      expect(await store(null)).toBeNull()
    })
  })
})
