import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseClientMessage, translate } from '../../../../api/http/voip/socket-wire.ts'

describe('parseClientMessage', () => {
  test('returns a message or an error for any text and never throws', () => {
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

  test('drops undocumented members, and a `from` of the client', () => {
    const extra = fc.dictionary(fc.string(), fc.jsonValue())
    fc.assert(
      fc.property(extra, (more) => {
        const text = JSON.stringify({ ...more, from: '1000', type: 'hangup', channel: 'hk_1' })
        expect(parseClientMessage(text)).toEqual({ message: { type: 'hangup', channel: 'hk_1' } })
      }),
    )
  })
})

describe('translate', () => {
  const STATES = ['dialling', 'ringing', 'up', 'held', 'parked', 'ended'] as const
  const party = { number: '1001', name: '' }
  const callStatus = (id: string, state: string) => ({
    type: 'call_status',
    call: { id, state, outcome: 'answered', from: party, to: party },
  })

  test('gives call_answered once a call, call_ended with each end, and always call_status', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom(...STATES)))
    fc.assert(
      fc.property(steps, (all) => {
        const answered = new Set<string>()
        const messages = all.flatMap(([id, state]) => translate(callStatus(id, state), '1001', answered)) as {
          type: string
          channel: string
        }[] // the type of messages about calls
        for (const id of ['a', 'b']) {
          const of = (type: string) =>
            messages.filter((one) => one.type === type && one.channel === id).length
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

  test('limits the set of answered calls to 100', () => {
    const answered = new Set<string>()
    for (let n = 0; n < 1_000; n++) translate(callStatus(String(n), 'up'), '1001', answered)
    expect(answered.size).toBeLessThanOrEqual(100)
  })
})
