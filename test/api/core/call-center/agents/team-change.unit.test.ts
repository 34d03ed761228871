import { expect, test } from 'vitest'
import { endsTokens } from '../../../../../api/core/call-center/agents/team-change.ts'
import type { Role } from '../../../../../contract/claims.ts'

test.each<[Role, string | null, string | null, boolean]>([
  ['supervisor', 'sales', 'support', true],
  ['supervisor', null, 'sales', true],
  ['supervisor', 'sales', null, true],
  ['supervisor', 'sales', 'sales', false],
  ['supervisor', null, null, false],
  ['user', 'sales', 'support', false],
  ['admin', 'sales', 'support', false],
])('the tokens of a %s who goes from team %s to %s end: %s', (role, before, after, ends) => {
  expect(endsTokens(role, before, after)).toBe(ends)
})

test('the tokens of a user without a role do not end', () => {
  expect(endsTokens(null, 'sales', 'support')).toBe(false)
  expect(endsTokens(undefined, 'sales', 'support')).toBe(false)
})
