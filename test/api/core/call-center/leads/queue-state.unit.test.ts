import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DIAL_STATES, LEAD_STATUSES } from '../../../../../api/core/call-center/leads/lead.ts'
import { fullName, resolveNames } from '../../../../../api/core/call-center/leads/lead-name.ts'
import { initialQueueState, nextQueueState } from '../../../../../api/core/call-center/leads/queue-state.ts'

const campaign = fc.constantFrom(null, '1', '2')
const status = fc.constantFrom(...LEAD_STATUSES)
const isOver = (one: string) => ['converted', 'lost', 'do_not_call'].includes(one)

describe('the place in the queue', () => {
  test('is none without a campaign, and none to wait in for whom nothing is left to say', () => {
    fc.assert(
      fc.property(
        campaign,
        fc.array(fc.tuple(campaign, status), { maxLength: 10 }),
        status,
        (first, steps, begun) => {
          let lead = {
            campaignId: first,
            status: begun,
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

  test('of a lead that is called stays, as long as its campaign does', () => {
    fc.assert(
      fc.property(status, status, (from, to) => {
        const lead = { campaignId: '1', status: from, dialState: 'dialling' as const }
        expect(nextQueueState(lead, { campaignId: '1', status: to })).toEqual({})
      }),
    )
  })

  test.each(DIAL_STATES)('of one that was %s is kept where nothing changes', (dialState) => {
    expect(
      nextQueueState({ campaignId: '1', status: 'new', dialState }, { campaignId: '1', status: 'new' }),
    ).toEqual({})
  })

  test('begins anew in another campaign, and when it is new again', () => {
    const fresh = { dialState: 'waiting', attempts: 0, nextTryAt: 0 }
    const done = { campaignId: '1', status: 'contacted', dialState: 'done' } as const
    expect(nextQueueState(done, { campaignId: '2', status: 'contacted' })).toEqual(fresh)
    expect(nextQueueState(done, { campaignId: '1', status: 'new' })).toEqual(fresh)
    expect(nextQueueState(done, { campaignId: '1', status: 'qualified' })).toEqual({})
  })
})

describe('names', () => {
  const john = { firstName: 'John', lastName: 'Smith' }
  test.each([
    [{ name: 'Ann Mary  Smith' }, undefined, { firstName: 'Ann Mary', lastName: 'Smith' }],
    [{ name: 'Cher' }, undefined, { firstName: '', lastName: 'Cher' }],
    [{ lastName: 'Smith' }, undefined, { firstName: '', lastName: 'Smith' }],
    [{ name: 'Joan Miller' }, john, { firstName: 'Joan', lastName: 'Miller' }],
    [{ ...john, name: 'Joan Miller' }, john, { firstName: 'Joan', lastName: 'Miller' }],
    [{ firstName: 'Joan', name: 'John Smith' }, john, { firstName: 'Joan', lastName: 'Smith' }],
    [{}, john, john],
  ])('%j said of %j', (wish, known, expected) => {
    expect(resolveNames(wish, known)).toEqual(expected)
  })
  test.each([{}, { name: ' ' }, { firstName: '', lastName: '' }])('%j is no name', (wish) => {
    expect(() => resolveNames(wish)).toThrow('a lead has a name')
  })
  test('a whole one of one kind of blanks is the same again', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^\w{1,9}$/), { minLength: 1, maxLength: 5 }), (words) => {
        expect(fullName(resolveNames({ name: words.join(' ') }))).toBe(words.join(' '))
      }),
    )
  })
})
