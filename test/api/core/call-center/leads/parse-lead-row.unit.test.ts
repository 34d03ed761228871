import { describe, expect, test } from 'vitest'
import { parseLeadRow } from '../../../../../api/core/call-center/leads/parse-lead-row.ts'
import { INVALID_TIME_ZONE } from '../../../../../api/core/values/time-zone.ts'

const errorOf = (cells: Record<string, string>): string => {
  const read = parseLeadRow({ cells: { name: 'Ada King', phone: '1002', ...cells } } as Parameters<
    typeof parseLeadRow
  >[0]) // a row of a list
  return 'error' in read ? read.error : ''
}

describe('the error of a rejected row names the cell and what is allowed there', () => {
  test.each([
    ['email', 'ada', 'email: must be an email address such as name@example.org'],
    ['timeZone', 'CET/Nowhere', `timeZone: ${INVALID_TIME_ZONE}`],
    ['campaignId', 'first', 'campaignId: must be an id, a whole number of 1 or more'],
    ['company', 'x'.repeat(201), 'company: must be text of up to 200 characters'],
    ['company', 'a\nb', 'company: must be one line, without control characters'],
    ['lastName', 'a\u202eb', 'lastName: must be without marks of text direction'],
    ['phone', ' ', 'phone: must be text of 1 to 64 characters'],
  ])('%s', (column, cell, error) => {
    expect(errorOf({ [column]: cell })).toBe(error)
  })

  test('the error of a status lists all statuses', () => {
    expect(errorOf({ status: 'asleep' })).toMatch(/^status: must be one of new, /)
  })
})
