import { describe, expect, test } from 'vitest'
import { createAgentStore } from '../../../../../api/store/sql/call-center/agents.ts'
import { createDialQueue } from '../../../../../api/store/sql/call-center/dial-queue.ts'
import { createLeadStore } from '../../../../../api/store/sql/call-center/leads.ts'
import { addCampaign, addLead, leadOf, now } from '../../../../support/fixtures/campaign-rows.ts'
import { onBothEngines } from '../engines.ts'

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

    test('claims the lead that has been due longest, and lists it until its attempt is completed', async () => {
      const { db, queue, campaignId, order } = await setUp()
      await addLead(db, campaignId)
      const leadId = await addLead(db, campaignId, { number: '+49301', next_try_at: now - 5, attempts: 1 })
      const claimed = {
        ...{ leadId, number: '+49301', campaignId, agentId: '1', callId: 'hk_1' },
        ...{ from: 'waiting', attempts: 1, since: now },
      }
      expect(await queue.claimNext(order)).toEqual(claimed)
      expect(await queue.inProgress()).toEqual([claimed])
      expect(await queue.complete(claimed, busy)).toBe(true)
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

    test('claims the next lead for a released agent while the first lead is still in its call', async () => {
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
      expect(await queue.complete({ leadId: first, callId: 'hk_1' }, { ...busy, nextState: 'done' })).toBe(
        true,
      )
    })

    test.each([
      ['without agent and team', { agent_id: null, team: null }, { agent_id: 1, team: 'sales' }],
      ['of the agent’s team', { agent_id: null, team: 'sales' }, { agent_id: 1, team: 'sales' }],
      [
        'of another team (not assigned)',
        { agent_id: null, team: 'support' },
        { agent_id: null, team: 'support' },
      ],
      ['of another agent (not assigned)', { agent_id: 7, team: 'support' }, { agent_id: 7, team: 'support' }],
    ])('assigns a reached lead to its caller, who may read it: a lead %s', async (_, owner, expected) => {
      const { db, queue, campaignId, order } = await setUp()
      const agents = createAgentStore(db)
      const { id: agentId } = await agents.add(
        { userId: null, name: 'anna', kind: 'human', team: 'sales' },
        now,
        now,
      )
      const leadId = await addLead(db, campaignId, owner)
      const call = await queue.claimNext({ ...order, agentId })
      const own = { sees: 'own', agentId } as const
      const leads = createLeadStore(db)
      expect(await leads.find(leadId, own)).toBeDefined()
      expect(await leads.find(leadId, { ...own, agentId: '99' })).toBeUndefined()
      await queue.complete(
        { leadId, callId: call?.callId ?? '' },
        { ...busy, outcome: 'answered', nextState: 'done' },
      )
      expect(await leadOf(db, leadId)).toMatchObject(expected)
      expect(await leads.find(leadId, own)).toBeDefined()
    })

    test('completes an attempt once, and only with its own call id', async () => {
      const { db, queue, campaignId, order } = await setUp()
      const leadId = await addLead(db, campaignId)
      await queue.claimNext(order)
      expect(await queue.complete({ leadId, callId: 'hk_0' }, busy)).toBe(false)
      expect(await queue.complete({ leadId, callId: 'hk_1' }, busy)).toBe(true)
      expect(await queue.complete({ leadId, callId: 'hk_1' }, busy)).toBe(false)
      expect(await leadOf(db, leadId)).toMatchObject({ attempts: 1 })
    })

    test('restores the lead after an attempt that was never dialed', async () => {
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

    test('sets the status do_not_call of a lead that is listed in another spelling', async () => {
      const { db, queue, campaignId, order } = await setUp()
      const leadId = await addLead(db, campaignId)
      await queue.claimNext(order)
      const result = { ...busy, outcome: null, nextState: 'done', status: 'do_not_call' } as const
      await queue.complete({ leadId, callId: 'hk_1' }, result)
      expect(await leadOf(db, leadId)).toMatchObject({ status: 'do_not_call', dial_state: 'done' })
    })

    test.each([
      ['new', 'contacted'],
      ['qualified', 'qualified'],
    ] as const)('changes the status of a reached lead from %s to %s', async (status, next) => {
      const { db, queue, campaignId, order } = await setUp()
      const leadId = await addLead(db, campaignId, { status })
      await queue.claimNext(order)
      await queue.complete({ leadId, callId: 'hk_1' }, { ...busy, outcome: 'answered', nextState: 'done' })
      expect((await leadOf(db, leadId)).status).toBe(next)
    })
  })
})
