import { expect, test } from 'vitest'
import { toEndReason } from '../../../console/app/session/end-reason.ts'

test.each([
  ['ended_by_admin', 'ended_by_admin'],
  ['password', 'password'],
  ['idle', 'expired'],
  ['logout', 'ended_by_user'],
  ['a reason of a later version', 'ended'],
  [null, 'ended'],
])('%s of the server is shown as %s', (reason, shown) => {
  expect(toEndReason(reason)).toBe(shown)
})
