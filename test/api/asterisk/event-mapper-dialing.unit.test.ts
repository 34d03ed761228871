import { describe, expect, test } from 'vitest'
import { AT, ID, mapEvent, prefixed, SNAPSHOT } from './fixtures/map-event.ts'

describe('dialing', () => {
  const dest = prefixed('Dest', { Uniqueid: 'far', Channel: 'PJSIP/102-00000043' })

  test.each([
    ['DialBegin', {}, undefined],
    ['DialState', { DialStatus: 'RINGING' }, undefined],
    ['DialEnd', { DialStatus: 'ANSWER' }, 'answered'],
    ['DialEnd', { DialStatus: 'NOANSWER' }, 'no_answer'],
    ['DialEnd', { DialStatus: 'CHANUNAVAIL' }, 'unavailable'],
    ['DialEnd', { DialStatus: 'DONTCALL' }, 'other'],
  ] as [string, Record<string, string>, string | undefined][])(
    '%s %j reports both ends',
    (name, fields, end) => {
      const events = mapEvent(name, { ...SNAPSHOT, ...dest, ...fields })
      expect(events.map((event) => event.kind)).toEqual(['channel', 'channel', 'dial'])
      expect(events[1]).toMatchObject({ id: 'far', changes: { endpoint: '102' } })
      expect(events[2]).toEqual({ kind: 'dial', from: ID, to: 'far', at: AT, end })
    },
  )

  test('an Originate rings a phone that no channel dials', () => {
    const events = mapEvent('DialBegin', { Timestamp: SNAPSHOT.Timestamp, ...dest })
    expect(events.at(-1)).toEqual({ kind: 'dial', from: undefined, to: 'far', at: AT, end: undefined })
  })

  test.each([
    ['Success', '4', true, 4],
    ['Failure', '3', false, 3],
  ])('an OriginateResponse %s with reason %s', (response, reason, answered, number) => {
    const fields = { Timestamp: SNAPSHOT.Timestamp, Response: response, Reason: reason, Uniqueid: 'hk_1' }
    expect(mapEvent('OriginateResponse', fields)).toEqual([
      { kind: 'originate', id: 'hk_1', at: AT, answered, reason: number },
    ])
  })

  test('an OriginateResponse contains the number that an answered phone goes on to dial', () => {
    const events = mapEvent('OriginateResponse', {
      Response: 'Success',
      Reason: '4',
      Uniqueid: 'hk_1',
      Exten: '600',
    })
    expect(events).toMatchObject([{ answered: true }, { id: 'hk_1', changes: { dialedExtension: '600' } }])
  })

  test('an OriginateResponse without an id is ignored', () => {
    expect(mapEvent('OriginateResponse', { Response: 'Failure', Reason: '0', Uniqueid: '<null>' })).toEqual(
      [],
    )
  })
})
