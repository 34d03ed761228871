import { describe, expect, test } from 'vitest'
import { createOutbox, type QueuedMail, retryDelayS } from '../../../../api/core/registration/outbox.ts'

/** One mail in a queue in memory, with a clock that tests set. */
function setUp(send: () => Promise<void> = async () => {}) {
  const time = { s: 1_000 }
  const mail: QueuedMail = {
    id: '1',
    kind: 'verification',
    recipient: 'anna@example.org',
    about: null,
    tries: 0,
  }
  const row = { nextTryAt: 1_000, error: '', isThere: true }
  const errors: string[] = []
  const outbox = createOutbox({
    queue: {
      async claim(now, until) {
        if (!row.isThere || row.nextTryAt > now) return []
        row.nextTryAt = until
        mail.tries += 1
        return [{ ...mail }]
      },
      async postpone(_, nextTryAt, error) {
        Object.assign(row, { nextTryAt, error })
      },
      async remove() {
        row.isThere = false
      },
    },
    mailer: { send },
    render: async ({ recipient: to }) => ({ to, subject: 's', text: 't' }),
    now: () => time.s * 1000,
    onError: (what) => void errors.push(what),
  })
  return { outbox, row, mail, time, errors }
}
const rejects = async () => {
  throw new Error('no\r\nnot today')
}

describe('the outbox', () => {
  test('removes a sent mail', async () => {
    const { outbox, row } = setUp()
    await outbox.tick()
    expect(row.isThere).toBe(false)
  })

  test('stores the error in one line and postpones the mail', async () => {
    const { outbox, row } = setUp(rejects)
    await outbox.tick()
    expect(row).toEqual({ isThere: true, nextTryAt: 1_010, error: 'no not today' })
  })

  test('gives up after 20 attempts, within a day', async () => {
    const { outbox, row, mail, time, errors } = setUp(rejects)
    while (row.isThere) {
      time.s = row.nextTryAt
      await outbox.tick()
    }
    expect(mail.tries).toBe(20)
    expect(time.s - 1_000).toBeLessThan(86_400)
    expect(errors.at(-1)).toBe('a mail is given up')
  })

  test('doubles its delay each time, from 10 seconds up to an hour', () => {
    const pauses = Array.from({ length: 20 }, (_, n) => retryDelayS(n + 1))
    expect(pauses.slice(0, 4)).toEqual([10, 20, 40, 80])
    expect(pauses.at(-1)).toBe(3_600)
    expect(Math.max(...pauses)).toBe(3_600)
  })
})
