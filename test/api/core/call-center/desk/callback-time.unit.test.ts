import { describe, expect, test } from 'vitest'
import { toCallbackTime, zoneOfLead } from '../../../../../api/core/call-center/desk/callback-time.ts'

const now = Date.parse('2026-11-30T12:00:00Z') / 1_000

describe('the zone of a lead’s callbacks', () => {
  test.each([
    ['is the lead’s', 'Asia/Tokyo', 'Europe/Berlin', 'Asia/Tokyo'],
    ['else the campaign’s', null, 'Europe/Berlin', 'Europe/Berlin'],
    ['is not an old name that is no longer accepted', 'EST', 'Europe/Berlin', 'Europe/Berlin'],
    ['else that of the settings', 'EST', 'BST', 'Europe/Madrid'],
  ])('%s', (_, timeZone, campaign, expected) => {
    expect(zoneOfLead({ timeZone }, { timeZone: campaign }, 'Europe/Madrid')).toBe(expected)
  })

  test('without a campaign is that of the settings', () => {
    expect(zoneOfLead({ timeZone: null }, undefined, 'Europe/Madrid')).toBe('Europe/Madrid')
  })
})

describe('the time of a callback', () => {
  test('is read in the zone', () => {
    expect(toCallbackTime('2026-12-01T10:00', 'Asia/Tokyo', now)).toBe(
      Date.parse('2026-12-01T01:00Z') / 1_000,
    )
  })

  test('may be a little past, as a request waits for the network', () => {
    expect(toCallbackTime('2026-11-30T11:30', 'UTC', now)).toBe(now - 1_800)
  })

  test.each([
    ['past', '2026-11-30T10:59', 'UTC'],
    ['past in its own zone', '2026-11-30T12:30', 'Asia/Tokyo'],
    ['more than a year ahead', '2027-12-02T10:00', 'UTC'],
  ])('is refused if it is %s', (_, local, zone) => {
    expect(() => toCallbackTime(local, zone, now)).toThrow(expect.objectContaining({ code: 'input_invalid' }))
  })
})
