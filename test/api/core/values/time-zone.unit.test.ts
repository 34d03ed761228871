import { describe, expect, test } from 'vitest'
import { Config } from '../../../../api/config/config.ts'
import { LeadFields } from '../../../../api/core/call-center/leads/lead-fields.ts'
import { parseLeadRow } from '../../../../api/core/call-center/leads/parse-lead-row.ts'
import { isTimeZone } from '../../../../api/core/values/time-zone.ts'
import { DayQuery } from '../../../../api/http/crm/stats-wire.ts'
import { readEnv, SettingsError } from '../../../../runtime/env.ts'

const PLACES = [
  'Europe/Berlin',
  'Europe/Kyiv',
  'Europe/Kiev',
  'Asia/Kolkata',
  'Asia/Calcutta',
  'America/Argentina/Buenos_Aires',
  'America/Port-au-Prince',
  'Antarctica/McMurdo',
  'Indian/Mauritius',
  'Australia/ACT',
  'europe/berlin',
  'UTC',
  'utc',
  'Etc/UTC',
  'US/Eastern',
  'Canada/Pacific',
  'Brazil/East',
]
const NO_PLACES = [
  ...[
    'BST',
    'IST',
    'AST',
    'EST',
    'MST',
    'HST',
    'CST',
    'PST',
    'JST',
    'CET',
    'EET',
    'MET',
    'WET',
    'ACT',
    'bst',
  ],
  ...[
    'EST5EDT',
    'CST6CDT',
    'PST8PDT',
    'GB',
    'GB-Eire',
    'NZ',
    'Japan',
    'Cuba',
    'Egypt',
    'Turkey',
    'PRC',
    'W-SU',
  ],
  ...[
    'GMT',
    'GMT0',
    'UCT',
    'Zulu',
    'Universal',
    'Greenwich',
    'Etc/GMT',
    'Etc/GMT+1',
    'Etc/GMT-1',
    'Etc/Zulu',
  ],
  ...['SystemV/EST5', 'SystemV/EST5EDT', '+02:00', 'UTC+2', 'GMT+1', '02:00', 'CEST', 'EDT', 'MSK'],
  ...['Europe/Nowhere', 'Europe', 'Europe/', '/Berlin', 'America/New York', 'Etc/Unknown', 'Local', ''],
  ...['Europe/Berlin\0', '\0', `Europe/${'a'.repeat(64)}`, 'Europe/../UTC'],
]

test.each(PLACES)('%s is a place', (name) => {
  expect(isTimeZone(name)).toBe(true)
})
test.each(NO_PLACES)('%j is none', (name) => {
  expect(isTimeZone(name)).toBe(false)
})

describe('BST, which ICU reads as Dhaka, is refused', () => {
  const message = /must be a place such as Europe\/Berlin/
  test.each(['Europe/London', 'BST'])('of a lead, unless it is the place: %s', (name) => {
    const { success, error } = LeadFields.timeZone.safeParse(name)
    expect(success).toBe(name !== 'BST')
    if (!success) expect(JSON.stringify(error.issues)).toMatch(message)
  })
  test.each(['Europe/London', 'BST'])('of a row of a list, unless it is the place: %s', (timeZone) => {
    const read = parseLeadRow({ cells: { name: 'Ada', phone: '+49301', timeZone }, error: undefined })
    if (timeZone === 'BST') expect(read).toMatchObject({ error: expect.stringMatching(message) })
    else expect(read).toMatchObject({ input: { timeZone } })
  })
  test.each(['Europe/London', 'BST'])('as the day of statistics, unless it is the place: %s', (timeZone) => {
    expect(DayQuery.safeParse({ timeZone }).success).toBe(timeZone !== 'BST')
  })
  test.each(['BST', 'EST', 'Etc/GMT+1', 'Europe/Nowhere'])('as HOOKSWITCH_TIME_ZONE: %s', (zone) => {
    const good = { HOOKSWITCH_RUN: '/run/x', REDIS_URL: 'unix:/run/x/redis.sock' }
    expect(readEnv(Config, { ...good, HOOKSWITCH_TIME_ZONE: 'Europe/London' }).timeZone).toBe('Europe/London')
    const wrong = () => readEnv(Config, { ...good, HOOKSWITCH_TIME_ZONE: zone })
    expect(wrong).toThrow(SettingsError)
    expect(wrong).toThrow(/^HOOKSWITCH_TIME_ZONE: must be a place [^\n]*$/)
  })
})
