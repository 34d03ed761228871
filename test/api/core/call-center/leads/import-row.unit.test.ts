import { expect, test } from 'vitest'
import { toImportRow } from '../../../../../api/core/call-center/leads/import-row.ts'
import { LeadFields } from '../../../../../api/core/call-center/leads/lead-fields.ts'

const columns = [
  { header: 'Name', column: 'name' },
  { header: 'Phone', column: 'phone' },
] as const

test.each([
  ['U+202E', 'Ada\u202e gniK', 'Ada gniK'],
  ['isolates', '\u2066Ada\u2069', 'Ada'],
  ['U+200F and U+061C', 'Ada\u200f\u061c', 'Ada'],
])('%s is taken out of a name of a list, and refused elsewhere', (_, written, name) => {
  const row = toImportRow(columns, { cells: [written, '+4930123'], line: 2 })
  expect(row.cells.name).toBe(name)
  expect(row.warnings).toEqual([
    { line: 2, column: 'Name', reason: 'marks of text direction were taken out' },
  ])
  expect(LeadFields.name.safeParse(name).success).toBe(true)
  expect(LeadFields.firstName.safeParse(`x${written}x`).success).toBe(false)
})

test('a joiner, which some scripts need, stays', () => {
  const name = 'علی\u200cرضا'
  expect(toImportRow(columns, { cells: [name, '1'], line: 2 })).toMatchObject({
    cells: { name },
    warnings: [],
  })
  expect(LeadFields.name.safeParse(name).success).toBe(true)
})
