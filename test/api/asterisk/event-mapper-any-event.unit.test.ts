import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMessage } from '../../../api/asterisk/ami-codec.ts'
import { toPbxEvents } from '../../../api/asterisk/event-mapper.ts'
import { recordedMessages, VERSIONS } from '../core/calls/fixtures/recorded-events.ts'
import { mapEvent, RECEIVED_AT, SNAPSHOT } from './fixtures/map-event.ts'

test.each(['UserEvent', 'VarSet', 'Newexten', 'constructor', '__proto__'])('%s is ignored', (name) => {
  expect(mapEvent(name, SNAPSHOT)).toEqual([])
})

test('a response is ignored', () => {
  const response = decodeMessage(
    Buffer.from('Response: Newchannel\r\nUniqueid: 1\r\nLinkedid: 1\r\nChannel: x'),
  )
  expect(response && toPbxEvents(response, RECEIVED_AT)).toEqual([])
})

test.each(VERSIONS)(
  '%s: every channel of every scene is reported with an id, and no name is "<unknown>"',
  (version) => {
    for (const scene of ['10', '11', '12', '14', '20', '21', '30', '31', '32', '40', '41']) {
      const events = recordedMessages(version, scene).flatMap((message) => toPbxEvents(message, RECEIVED_AT))
      expect(events.filter(({ kind }) => kind === 'channel').length).toBeGreaterThan(3)
      expect(events.every(({ at }) => at < RECEIVED_AT + 1_000_000_000 && Number.isSafeInteger(at))).toBe(
        true,
      )
      expect(JSON.stringify(events)).not.toContain('<unknown>')
    }
  },
)

test('any fields are parsed without an error', () => {
  const names = [
    'Newchannel',
    'Rename',
    'DialEnd',
    'Hangup',
    'OriginateResponse',
    'CoreShowChannel',
    'Cdr',
    'ParkedCall',
  ]
  const key = fc.constantFrom(
    ...Object.keys(SNAPSHOT),
    'DestUniqueid',
    'Cause',
    'Reason',
    'Duration',
    'Newname',
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.dictionary(
        key,
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('9'.repeat(400), '-1', '1e999')),
      ),
      (name, fields) => {
        for (const event of mapEvent(name, { ...SNAPSHOT, ...fields })) {
          expect(Number.isSafeInteger(event.at)).toBe(true)
          if (event.kind === 'channel_ended') expect(Number.isSafeInteger(event.cause)).toBe(true)
          if (event.kind === 'channel')
            expect(event.changes.callerName ?? '').not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        }
      },
    ),
  )
})
