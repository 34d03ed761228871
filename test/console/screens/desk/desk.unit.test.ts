import { describe, expect, it, vi } from 'vitest'
import { clockOffset } from '../../../../console/components/server-clock.ts'
import { reloadOften, secondsLeft } from '../../../../console/screens/desk/clock.ts'
import { idleReasons } from '../../../../console/screens/desk/idle-reasons.ts'
import { readCallbackTime, usualTimes } from '../../../../console/screens/desk/outcome/callback-time.ts'
import { outcomesOf } from '../../../../console/screens/desk/outcome/choices.ts'

const NOW = Date.parse('2026-11-30T10:00:00Z')

describe('the clock of a wrap-up', () => {
  it.each([
    ['is the same', 'Mon, 30 Nov 2026 10:00:00 GMT', 0],
    ['differs by the seconds that the header rounds', 'Mon, 30 Nov 2026 09:59:59 GMT', 0],
    ['is ahead', 'Mon, 30 Nov 2026 10:05:00 GMT', 300_000],
    ['is behind', 'Mon, 30 Nov 2026 09:00:00 GMT', -3_600_000],
  ])('counts from the server’s time, which %s', (_, date, offset) => {
    expect(clockOffset(date, NOW)).toBe(offset)
    const until = new Date(NOW + offset + 30_000).toISOString()
    expect(secondsLeft(until, NOW / 1_000, offset)).toBe(30)
  })

  it('needs no header, and ends at 0', () => {
    expect([clockOffset(null, NOW), clockOffset('soon', NOW)]).toEqual([0, 0])
    expect(secondsLeft('2026-11-30T09:59:00Z', NOW / 1_000, 0)).toBe(0)
  })
})

it('a wrap-up that is over here is read again until the server agrees', () => {
  vi.useFakeTimers()
  const reload = vi.fn()
  const stop = reloadOften(reload)
  vi.advanceTimersByTime(4_000)
  expect(reload).toHaveBeenCalledTimes(3)
  stop()
  vi.advanceTimersByTime(10_000)
  expect(reload).toHaveBeenCalledTimes(3)
  vi.useRealTimers()
})

describe('why no call comes', () => {
  const campaign = { status: 'ACTIVE', automation: true, dialerMode: 'PROGRESSIVE' }
  const good = {
    ...{ status: 'ready' as const, extension: '1001', isPbxOnline: true },
    ...{ presence: { state: 'Idle', status: 'available' }, campaigns: [campaign] },
  }
  it.each([
    ['nothing', {}, []],
    ['a break', { status: 'break' as const, presence: { state: 'Idle', status: 'away' } }, ['notReady']],
    ['no extension', { extension: undefined, presence: undefined }, ['noExtension']],
    ['no phone', { presence: { state: 'Unavailable' } }, ['noPhone']],
    ['a PBX that is away', { isPbxOnline: false, presence: { state: 'Unavailable' } }, ['pbxAway']],
    [
      'a presence that the agent has set since',
      { presence: { state: 'Idle', status: 'dnd' } },
      ['notAvailable'],
    ],
    ['no campaign', { campaigns: [] }, ['noCampaign']],
    ['a paused campaign', { campaigns: [{ ...campaign, status: 'PAUSED' }] }, ['notActive']],
    [
      'a campaign that does not dial by itself',
      { campaigns: [{ ...campaign, automation: false }] },
      ['byHand'],
    ],
    ['nothing that is known yet', { presence: undefined, campaigns: undefined, isPbxOnline: undefined }, []],
  ])('because of %s', (_, difference, expected) => {
    expect(idleReasons({ ...good, ...difference })).toEqual(expected)
  })
})

describe('the keys of outcomes', () => {
  const names = { 1: 'Заинтересован', 2: 'b', 3: 'c', 4: 'd', 5: 'e', 6: 'f', 7: 'g', 9: 'i' }
  const own = (key: '1' | '2' | '9', name: string) =>
    ({ key, name, effect: 'done', lead_status: null }) as const
  const campaign = { id: '1', name: 'Tea', script: '' }

  it('are those of the campaign, in their order', () => {
    const dispositions = [own('9', 'Sold'), own('2', 'Later')]
    const all = outcomesOf({ ...campaign, dispositions, has_default_dispositions: false }, names)
    expect(all.map(({ key, name }) => [key, name])).toEqual([
      ['2', 'Later'],
      ['9', 'Sold'],
    ])
  })

  it('are the usual ones in the language of the user, with a campaign and without', () => {
    const usual = { ...campaign, dispositions: [own('1', 'Qualified')], has_default_dispositions: true }
    expect(outcomesOf(usual, names)[0]?.name).toBe('Заинтересован')
    expect(outcomesOf(null, names).map(({ key, effect }) => `${key} ${effect}`)).toEqual([
      ...['1 done', '2 done', '3 done', '4 callback', '5 retry', '6 done', '7 done', '9 do_not_call'],
    ])
  })
})

describe('the time of a callback', () => {
  it('is offered in the lead’s own zone', () => {
    // There it is the next day already.
    expect(usualTimes('Pacific/Auckland', Date.parse('2026-11-30T14:32:00Z'))).toEqual({
      inAnHour: '2026-12-01T04:35',
      tomorrow: '2026-12-02T10:00',
      nextWeek: '2026-12-08T10:00',
    })
  })

  it.each([
    ['is read in that zone', '2026-12-01T10:00', Date.parse('2026-12-01T09:00:00Z')],
    ['is not in the past there', '2026-11-30T10:59', 'past'],
    ['is not skipped by the clocks there', '2027-03-28T02:30', 'skipped'],
    ['is needed', '', 'missing'],
  ])('%s', (_, local, expected) => {
    expect(readCallbackTime('Europe/Berlin', local, NOW)).toBe(expected)
  })
})
