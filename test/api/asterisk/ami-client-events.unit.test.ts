import { describe, expect, test } from 'vitest'
import { type AmiMessage, decodeMessage } from '../../../api/asterisk/ami-codec.ts'
import { amiRecordings, messagesOf, splitRandomly } from '../../support/ami-recordings.ts'
import { link } from './fixtures/ami-client.ts'
import { until } from './fixtures/until.ts'

describe('the events of an AMI client', () => {
  test('go on after a listener throws, and a listener can be removed', async () => {
    const { ami, side, events, errors } = await link()
    ami.on('event', () => {
      throw new Error('oops')
    })
    let received = 0
    const leave = ami.on('event', () => {
      received += 1
      leave()
    })
    side.send('Event: One')
    side.send('Event: Two')
    await until(() => events.length === 3)
    expect(received).toBe(1)
    expect(errors.join()).toContain('oops')
  })

  test.each([
    [
      'U+134A in a name',
      ['CallerIDName: Bobፊset: 1ፊChannel: PJSIP/999-deadbeefፊፊEvent: Forged'],
      'calleridname',
      'Bobፊset: 1ፊChannel: PJSIP/999-deadbeefፊፊEvent: Forged',
    ],
    ['a header named Set', ['Set: x', 'parse: y', 'After: z'], 'after', 'z'],
    ['a prototype', ['__proto__: x', 'constructor: y'], '__proto__', 'x'],
    ['Cyrillic', ['CallerIDName: Иван'], 'calleridname', 'Иван'],
  ])('contain %s as text, even if every byte comes alone', async (_, lines, key, value) => {
    const { side, events } = await link()
    const bytes = Buffer.from(['Event: Newchannel', ...lines, 'Channel: real', '', ''].join('\r\n'))
    for (const byte of bytes) side.raw(Buffer.from([byte]))
    await until(() => events.length === 2)
    expect(events[1]?.fields[key]).toBe(value)
    expect(events[1]?.fields.channel).toBe('real')
  })

  test('are complete for every recorded scene, in pieces of any size', async () => {
    const { side, events } = await link()
    let seed = 7
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed / 2_147_483_647
    }
    events.length = 0
    const expected: AmiMessage[] = []
    for (const recording of amiRecordings) {
      const bytes = messagesOf(recording)
      const messages = bytes
        .toString()
        .split('\r\n\r\n')
        .map((text) => decodeMessage(Buffer.from(text)))
      // Responses match no pending action and are dropped.
      expected.push(...messages.filter((one) => one !== undefined).filter(({ kind }) => kind === 'event'))
      for (const piece of splitRandomly(bytes, random, 1_500)) side.raw(piece)
    }
    await until(() => events.length >= expected.length)
    expect(events.length).toBeGreaterThan(500)
    expect(events).toEqual(expected)
  })

  const lists = amiRecordings.filter(({ bytes }) => bytes.includes('EventList: start'))
  test.each(lists)('include the items of the recorded list $name', async ({ bytes }) => {
    const { ami } = await link({
      handlers: {
        Show: (session, { actionid }) =>
          session.raw(bytes.toString().replaceAll('ActionID: x-1', `ActionID: ${actionid}`)),
      },
    })
    const count = Number(/ListItems: (\d+)/.exec(bytes.toString())?.[1])
    expect(await ami.list({ Action: 'Show' })).toHaveLength(count)
  })
})
