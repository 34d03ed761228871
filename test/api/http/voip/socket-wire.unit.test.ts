import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseClientMessage, translate } from '../../../../api/http/voip/socket-wire.ts'

describe('what is said', () => {
  test('any text is read or is an error, and nothing is thrown', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((one) => `{"type":${one}}`),
    )
    fc.assert(
      fc.property(text, (any) => {
        const read = parseClientMessage(any)
        expect('error' in read || 'message' in read).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('nothing but the documented members comes through, whoever it claims to be from', () => {
    const extra = fc.dictionary(fc.string(), fc.jsonValue())
    fc.assert(
      fc.property(extra, (more) => {
        const text = JSON.stringify({ ...more, from: '1000', type: 'hangup', channel: 'hk_1' })
        expect(parseClientMessage(text)).toEqual({ message: { type: 'hangup', channel: 'hk_1' } })
      }),
    )
  })
})

describe('what is told', () => {
  const STATES = ['dialling', 'ringing', 'up', 'held', 'parked', 'ended'] as const
  const party = { number: '1001', name: '' }
  const news = (id: string, state: string) => ({
    type: 'call_status',
    call: { id, state, outcome: 'answered', from: party, to: party },
  })

  test('an answer once a call, an end with each end, and always the status itself', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom(...STATES)))
    fc.assert(
      fc.property(steps, (all) => {
        const answered = new Set<string>()
        const told = all.flatMap(([id, state]) => translate(news(id, state), '1001', answered)) as {
          type: string
          channel: string
        }[] // `translate` gives messages of calls for news of calls
        for (const id of ['a', 'b']) {
          const of = (type: string) => told.filter((one) => one.type === type && one.channel === id).length
          const own = all.filter(([call]) => call === id).map(([, state]) => state)
          const lives = own.join().split('ended')
          const talks = lives.filter((life) => /up|held|parked/.test(life)).length
          expect([of('call_status'), of('call_ended'), of('call_answered')]).toEqual([
            own.length,
            own.filter((state) => state === 'ended').length,
            talks,
          ])
        }
      }),
    )
  })

  test('the memory of answered calls does not grow with the calls', () => {
    const answered = new Set<string>()
    for (let n = 0; n < 1_000; n++) translate(news(String(n), 'up'), '1001', answered)
    expect(answered.size).toBeLessThanOrEqual(100)
  })
})
