import { expect, it } from 'vitest'
import { ApiError } from '../../../../console/api/client.ts'
import { nextPoll } from '../../../../console/screens/leads/import/job-poll.ts'

const running = { state: 'running', undo: { state: 'none' } } as const
const done = { state: 'done', undo: { state: 'possible' } } as const

it('an import is loaded again while it is under way, and never after a refusal', () => {
  expect([nextPoll(undefined, null), nextPoll(running, null), nextPoll(done, null)]).toEqual([
    500,
    500,
    false,
  ])
  for (const status of [403, 404]) {
    for (const job of [undefined, running])
      expect(nextPoll(job, new ApiError(status, 'x', undefined))).toBe(false)
  }
  for (const status of [0, 429, 503]) {
    expect(nextPoll(running, new ApiError(status, 'x', undefined))).toBe(5_000)
  }
})
