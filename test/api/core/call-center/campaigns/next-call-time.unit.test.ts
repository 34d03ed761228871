import { expect, test } from 'vitest'
import { nextCallTime } from '../../../../../api/core/call-center/campaigns/next-call-time.ts'
import { newRules } from '../../../../support/fixtures/campaigns.ts'

const FROM = Date.parse('2026-11-20T05:00:00Z')
const office = { startMinute: 9 * 60, endMinute: 18 * 60 }

test.each<[string, string, string | null, string | undefined]>([
  ['in the lead’s own time zone', 'Europe/Berlin', 'Asia/Tokyo', '2026-11-20T05:00:00Z'],
  ['in the campaign’s time zone if the lead has none', 'Europe/Berlin', null, '2026-11-20T08:00:00Z'],
  ['in the campaign’s time zone if the lead’s is invalid', 'Europe/Berlin', 'BST', '2026-11-20T08:00:00Z'],
  ['never if the campaign’s time zone is invalid', 'BST', null, undefined],
  ['in the lead’s own time zone if the campaign’s is invalid', 'BST', 'Asia/Tokyo', '2026-11-20T05:00:00Z'],
])('a lead is called next %s', (_, timeZone, zone, expected) => {
  const time = nextCallTime(newRules({ ...office, timeZone }), zone, FROM)
  expect(time).toBe(expected === undefined ? undefined : Date.parse(expected))
})
