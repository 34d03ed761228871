import { describe, expect, test } from 'vitest'
import type { Call } from '../../../../api/core/calls/call.ts'
import type { CallRecord } from '../../../../api/core/calls/call-history.ts'
import type { CallListener } from '../../../../api/core/calls/call-tracker.ts'
import type { WebhookEvent } from '../../../../api/core/webhooks/event.ts'
import { startLiveCallNotifier } from '../../../../api/core/webhooks/live-call-notifier.ts'

function open() {
  let listener: CallListener = () => {}
  const queued: string[] = []
  /** Ends the queueing that goes on. */
  const answers: ((isStored: boolean) => void)[] = []
  const notifier = startLiveCallNotifier({
    tracker: {
      onChange(added) {
        listener = added
        return () => {}
      },
    },
    toRecord: () =>
      ({ startedAt: 0, answeredAt: null, endedAt: 0, parties: [], recordings: [] }) as never as CallRecord, // no other member is read
    queue: (events: readonly WebhookEvent[]) =>
      new Promise((resolve, reject) => {
        answers.push((isStored) => {
          if (!isStored) return reject(new Error('SQL is away'))
          queued.push(...events.map(({ key }) => key))
          resolve()
        })
      }),
    onError: (err) => expect.fail(String(err)),
  })
  const ring = (id: number) => listener({ id: String(id), startedAt: 0 } as Call, undefined) // no other member is read
  async function answer(isStored: boolean) {
    answers.shift()?.(isStored)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { notifier, queued, answers, ring, answer }
}
const keyOf = (id: number) => `call.started:${id}`

describe('the notifier of live calls', () => {
  test('queues each call that is not too old, although more begin while it queues', async () => {
    const { queued, answers, ring, answer } = open()
    // One more than may wait: all but the first begin while the first is queued.
    for (let id = 0; id <= 10_050; id += 1) ring(id)
    while (answers.length > 0) await answer(true)
    expect(queued[0]).toBe(keyOf(0))
    expect(queued.slice(1)).toEqual(Array.from({ length: 10_000 }, (_, at) => keyOf(at + 51)))
  })

  test('tries again what could not be queued, in order', async () => {
    const { notifier, queued, answers, ring, answer } = open()
    ring(1)
    ring(2)
    await answer(false)
    expect(queued).toEqual([])
    const flushed = notifier.flush()
    while (answers.length > 0) await answer(true)
    await flushed
    expect(queued).toEqual([keyOf(1), keyOf(2)])
  })
})
