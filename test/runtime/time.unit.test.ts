import { expect, test } from 'vitest'
import { toUnixSeconds } from '../../runtime/time.ts'

test('toUnixSeconds rounds ms down to seconds', () => {
  expect(toUnixSeconds(1_999)).toBe(1)
})
