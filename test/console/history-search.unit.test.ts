import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readHistorySearch, showsAllMissed, toHistoryQuery } from '../../console/screens/history/search.ts'

describe('filters of the history in the address', () => {
  it('reads each filter', () => {
    const search = {
      q: ' ana garcía ',
      number: '+4930',
      direction: 'incoming',
      outcome: 'no_answer',
      from: '2026-01-30',
      until: '2026-01-31',
      missed: 'true',
      user: '7',
    }
    expect(readHistorySearch(search)).toEqual({ ...search, q: 'ana garcía', missed: true })
  })

  it.each([
    ['an empty text', { q: '  ' }],
    ['an unknown direction', { direction: 'sideways' }],
    ['a day that does not exist', { from: '2026-02-31' }],
    ['a time in place of a day', { until: '2026-02-01T10:00:00Z' }],
    ['a user who is no id', { user: 'admin' }],
    ['another filter', { limit: '1000' }],
    ['`missed` with another value', { missed: 'no' }],
  ])('leaves out %s', (_, search) => {
    expect(readHistorySearch(search)).toEqual({})
  })

  it('reads its own result again to the same, whatever stood in the address', () => {
    const anything = fc.dictionary(
      fc.constantFrom('q', 'number', 'direction', 'outcome', 'from', 'until', 'missed', 'user', 'x'),
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constantFrom('true', 'incoming', '2026-03-01')),
    )
    fc.assert(
      fc.property(anything, (search) => {
        const read = readHistorySearch(search)
        expect(readHistorySearch({ ...read })).toEqual(read)
      }),
    )
  })

  it('asks the API for both days whole, in the time zone of the browser', () => {
    const { from, until, ...rest } = toHistoryQuery({ from: '2026-01-30', until: '2026-01-31', user: '7' })
    expect(new Date(String(from)).toString()).toContain('Jan 30 2026 00:00:00')
    expect(new Date(String(until)).toString()).toContain('Feb 01 2026 00:00:00')
    expect(rest).toEqual({ user_id: '7' })
  })

  it('hides a missed call with any filter but `missed`', () => {
    expect(
      [{}, { missed: true } as const, { q: 'ana' }, { missed: true, q: 'ana' } as const].map(showsAllMissed),
    ).toEqual([true, true, false, false])
  })
})
