import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startOfDay } from '../../../../console/components/calendar-day.ts'
import { readAdminSearch } from '../../../../console/screens/admin/search.ts'

describe('the address of the administration', () => {
  it('has the tab and its filters', () => {
    const search = { tab: 'log', q: 'clara', event: 'user_created', from: '2026-01-31', user: 'u-1' }
    expect(readAdminSearch(search)).toEqual(search)
  })

  it.each([
    ['an unknown tab', { tab: 'root' }],
    ['an empty text', { q: '' }],
    ['an object', { q: { $ne: '' } }],
    ['a word with a slash, which would change the path of a request', { user: '../sessions' }],
    ['a day that does not exist', { from: '2026-99-99' }],
    ['a day with more behind it', { to: '2026-01-31T00:00' }],
  ])('leaves out %s', (_, search) => {
    expect(readAdminSearch(search)).toEqual({})
  })

  it('takes a number as its text, as a router reads `q=1001`', () => {
    expect(readAdminSearch({ q: 1001 })).toEqual({ q: '1001' })
  })

  it('reads any object, and what it has read as itself', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (search) => {
        const once = readAdminSearch(search)
        expect(readAdminSearch({ ...once })).toEqual(once)
      }),
    )
  })

  it('counts days of the browser’s time zone', () => {
    expect(new Date(startOfDay('2026-01-31')).getHours()).toBe(0)
    expect(new Date(startOfDay('2026-01-31', 1)).toDateString()).toBe('Sun Feb 01 2026')
  })
})
