import { expect, test } from 'vitest'
import { createRollback } from '../../../../../api/core/call-center/calls/rollback.ts'
import type { FailureStreak } from '../../../../../runtime/failure-reporter.ts'

/** Undoes a step that fails so many times. @returns once the retries are over */
async function undo(failures: number) {
  const pauses: number[] = []
  const reported: string[] = []
  let attempts = 0
  let whenOver = () => {}
  const over = new Promise<void>((resolve) => {
    whenOver = resolve
  })
  const { undo } = createRollback({
    pause: async (ms) => void pauses.push(ms),
    onFailure: Object.assign(
      (err: unknown, { items = [] }: FailureStreak) => {
        reported.push(`${items.join()}: ${(err as Error).message}`)
        if (reported.length === 2) whenOver()
      },
      {
        recovered() {
          reported.push('recovered')
          whenOver()
        },
      },
    ),
  })
  await undo('the lead could not be released', async () => {
    attempts += 1
    if (attempts <= failures) throw new Error('unavailable')
    if (failures === 0) whenOver()
  })
  await over
  return { pauses, reported, attempts }
}

test('a rollback that succeeds is neither retried nor reported', async () => {
  expect(await undo(0)).toEqual({ pauses: [], reported: [], attempts: 1 })
})

test('a failed rollback is reported once and retried with growing delays until it succeeds, which is reported too', async () => {
  expect(await undo(3)).toEqual({
    pauses: [200, 1_000, 5_000],
    reported: ['1: the lead could not be released: unavailable', 'recovered'],
    attempts: 4,
  })
})

test('after seven attempts a rollback gives up and reports it', async () => {
  expect(await undo(99)).toEqual({
    pauses: [200, 1_000, 5_000, 15_000, 60_000, 300_000],
    reported: [
      '1: the lead could not be released: unavailable',
      '1: the lead could not be released: the lead could not be released, and is not tried any more',
    ],
    attempts: 7,
  })
})
