import { expect, test } from 'vitest'
import { createPhoneReachability } from '../../../../../api/core/call-center/agents/phone-reachability.ts'

test.each([
  ['registered', true, false, true],
  ['registered with do-not-disturb', true, true, false],
  ['not registered', false, false, false],
])('a phone that is %s', (_, isRegistered, isDnd, expected) => {
  const isReachable = createPhoneReachability({ isReachable: () => isRegistered, isDnd: () => isDnd })
  expect(isReachable('1001')).toBe(expected)
})
