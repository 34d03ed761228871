import { describe, expect, it } from 'vitest'
import { labelOf, sidesOf } from '../../console/screens/history/parties.ts'
import { countRows } from '../../console/screens/history/row-count.ts'
import { leavingLeg } from '../../console/screens/live/overseeing.ts'

const me = { userId: '7', extension: '1001' }

/** A past call as the API sends it. */
const call = (from: string, to: string, { missed = false, party = me.userId } = {}) => ({
  id: 'x.1',
  direction: 'incoming' as const,
  from: { number: from, name: '' },
  to: { number: to, name: '' },
  started_at: '',
  answered_at: null,
  ended_at: '',
  duration: 0,
  billable: 0,
  outcome: 'answered' as const,
  cause: null,
  missed,
  recorded: false,
  recordings: [],
  parties: [{ user_id: party, extension: '1001', answered: true }],
})

describe('a past call, for the one who reads the list', () => {
  it.each([
    ['of mine to another', call('1001', '1002'), 'outgoing', '1002', '1002'],
    ['to me', call('1002', '1001'), 'incoming', '1002', '1002'],
    ['to me, missed', call('1002', '1001', { missed: true }), 'missed', '1002', '1002'],
    ['to a queue, that I took', call('+4930', '700'), 'incoming', '+4930', '+4930'],
    ['of other people', call('1002', '1003', { party: '8' }), 'others', undefined, '1002'],
  ])('%s', (_, past, kind, other, callBack) => {
    const sides = sidesOf(past, me)
    expect([sides.kind, sides.other?.number, sides.callBack.number]).toEqual([kind, other, callBack])
  })

  it('has a label also without a name and a number', () => {
    expect(labelOf({ name: '', number: '' }, 'withheld')).toBe('withheld')
    expect(labelOf({ name: 'Ana', number: '1' }, 'withheld')).toBe('Ana')
  })
})

describe('the length of the history', () => {
  const loaded = Array.from({ length: 100 })
  it.each([
    ['all is loaded', { total: 90, total_is_exact: true }, false, 100, true],
    ['more is to be loaded', { total: 5_000, total_is_exact: true }, true, 5_000, true],
    ['no page has come', undefined, false, 100, true],
    ['more than are counted', { total: 100, total_is_exact: false }, true, 200, false],
  ])('where %s', (_, first, hasMore, count, isExact) => {
    expect(countRows(first, loaded, hasMore)).toEqual({ count, isExact })
  })
})

describe('the phone that leaves a call that is transferred', () => {
  const leg = (extension: string | null, state: 'up' | 'ringing' = 'up') => ({
    extension,
    number: extension ?? '+4930',
    name: '',
    state,
    role: 'caller' as const,
    holds: false,
    parked_at: null,
  })
  const claims = (role: 'admin' | 'supervisor', reach?: string) => ({ ...me, role, reach })

  it.each([
    ['my own', [leg('1002'), leg('1001')], claims('admin'), '1001'],
    ['the first of a user', [leg(null), leg('1002'), leg('1003')], claims('admin'), '1002'],
    ['none that rings', [leg('1002', 'ringing'), leg('1003')], claims('supervisor'), '1003'],
    [
      'unknown to a supervisor of a team',
      [leg('1002'), leg('1003')],
      claims('supervisor', 'team'),
      undefined,
    ],
  ])('is %s', (_, legs, who, extension) => {
    expect(leavingLeg({ legs }, who)?.extension).toBe(extension)
  })
})
