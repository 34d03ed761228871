import { expect, test } from 'vitest'
import { wrapUpEnd } from '../../../../../api/core/call-center/campaigns/wrap-up.ts'

test('an agent wraps up after a call for as long as its campaign has it', () => {
  expect(wrapUpEnd(1_700_000_000, { wrapUpSeconds: 5 })).toBe(1_700_000_005)
  expect(wrapUpEnd(1_700_000_000, { wrapUpSeconds: 0 })).toBe(1_700_000_000)
})

test('after a call without a campaign there is no wrap-up', () => {
  expect(wrapUpEnd(1_700_000_000, undefined)).toBe(1_700_000_000)
})
