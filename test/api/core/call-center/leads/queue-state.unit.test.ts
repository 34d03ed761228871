import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DIAL_STATES, LEAD_STATUSES, type Lead } from '../../../../../api/core/call-center/leads/lead.ts'
import { initialQueueState, nextQueueState } from '../../../../../api/core/call-center/leads/queue-state.ts'

const campaign = fc.constantFrom(null, '1', '2')
const status = fc.constantFrom(...LEAD_STATUSES)
const isOver = (one: string) => ['converted', 'lost', 'do_not_call'].includes(one)

describe('the queue state', () => {
  test('is idle without a campaign, and done for a lead with a closed status', () => {
    fc.assert(
      fc.property(
        campaign,
        fc.array(fc.tuple(campaign, status), { maxLength: 10 }),
        status,
        (first, steps, begun) => {
          let lead = {
            campaignId: first,
            status: begun,
            callback: null as Lead['callback'],
            ...initialQueueState({ campaignId: first, status: begun }),
          }
          for (const [campaignId, to] of steps) {
            lead = { ...lead, ...nextQueueState(lead, { campaignId, status: to }), campaignId, status: to }
            expect(lead.dialState === 'idle').toBe(lead.campaignId === null)
            if (isOver(lead.status)) expect(lead.dialState).not.toBe('waiting')
          }
        },
      ),
    )
  })

  test('of a lead in a call stays unless its campaign changes', () => {
    fc.assert(
      fc.property(status, status, (from, to) => {
        const lead = { campaignId: '1', status: from, dialState: 'dialling' as const, callback: null }
        expect(nextQueueState(lead, { campaignId: '1', status: to })).toEqual({})
      }),
    )
  })

  test.each(DIAL_STATES)('%s is kept if neither campaign nor status changes', (dialState) => {
    expect(
      nextQueueState(
        { campaignId: '1', status: 'new', dialState, callback: null },
        { campaignId: '1', status: 'new' },
      ),
    ).toEqual({})
  })

  test('starts again in another campaign, and when the status becomes new', () => {
    const fresh = { dialState: 'waiting', attempts: 0, nextTryAt: 0 }
    const done = { campaignId: '1', status: 'contacted', dialState: 'done', callback: null } as const
    expect(nextQueueState(done, { campaignId: '2', status: 'contacted' })).toEqual(fresh)
    expect(nextQueueState(done, { campaignId: '1', status: 'new' })).toEqual(fresh)
    expect(nextQueueState(done, { campaignId: '1', status: 'qualified' })).toEqual({})
  })

  const callback = { at: 900, timeZone: 'UTC', agentId: '7', isOwn: true, attemptsBefore: 3 }
  const waiting = { campaignId: '1', status: 'contacted', dialState: 'waiting', callback } as const

  test.each([
    ['another campaign', { campaignId: '2', status: 'contacted' }],
    ['the status new', { campaignId: '1', status: 'new' }],
  ] as const)('of a lead with a callback waits for it, and counts attempts anew, in %s', (_, next) => {
    expect(nextQueueState(waiting, next)).toEqual({
      dialState: 'waiting',
      attempts: 0,
      nextTryAt: 900,
      callback: { ...callback, attemptsBefore: 0 },
    })
  })

  test.each([
    ['waiting', { dialState: 'done', callback: null }],
    ['dialling', { callback: null }],
  ] as const)('of a lead that is %s loses its callback with a closed status', (dialState, change) => {
    expect(nextQueueState({ ...waiting, dialState }, { campaignId: '1', status: 'lost' })).toEqual(change)
  })
})
