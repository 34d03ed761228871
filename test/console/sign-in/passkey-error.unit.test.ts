import { expect, test } from 'vitest'
import { messages } from '../../../console/components/factors/messages.en.ts'
import { describePasskeyError, FactorError } from '../../../console/screens/sign-in/factor-api.ts'

test('an outage and too many tries are not called a refused passkey', () => {
  const { failed } = messages
  for (const text of [failed.unavailable, failed.throttled, failed.ended])
    expect(describePasskeyError(new FactorError(text), failed)).toBe(text)
  expect(describePasskeyError(new FactorError(failed.wrong), failed)).toBe(failed.passkey)
  expect(describePasskeyError(new Error('cancelled'), failed)).toBe(failed.passkey)
})
