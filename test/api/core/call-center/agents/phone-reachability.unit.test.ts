import { expect, test } from 'vitest'
import { createPhoneReachability } from '../../../../../api/core/call-center/agents/phone-reachability.ts'

test.each([
  ['a registered phone is reachable', true, false, true],
  ['a registered phone with do-not-disturb is not reachable', true, true, false],
  ['a phone that is not registered is not reachable', false, false, false],
])('%s', (_, isRegistered, isDnd, expected) => {
  const isReachable = createPhoneReachability({ isReachable: () => isRegistered, isDnd: () => isDnd })
  expect(isReachable('1001')).toBe(expected)
})
