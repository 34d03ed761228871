import { describe, expect, test } from 'vitest'
import { mapEvent, SNAPSHOT } from './fixtures/map-event.ts'

describe('routing to a person', () => {
  const CDR = { Timestamp: SNAPSHOT.Timestamp, UniqueID: 'near', Disposition: 'NO ANSWER' }
  const isSought = (name: string, fields: Record<string, string>) =>
    mapEvent(name, fields).some((event) => event.kind === 'channel' && event.changes.routedToPerson === true)

  test('is reported for a caller that joins a queue', () => {
    expect(isSought('QueueCallerJoin', { ...SNAPSHOT, Queue: 'support' })).toBe(true)
  })

  test.each([
    ['a queue that reached no agent', { LastApplication: 'Queue', Disposition: 'ANSWERED' }, true],
    ['a queue that rang an agent', { LastApplication: 'Queue', DestinationChannel: 'PJSIP/1002-1' }, true],
    ['a phone that did not answer', { LastApplication: 'Dial', DestinationChannel: 'PJSIP/1002-1' }, true],
    [
      'a phone that answered',
      { LastApplication: 'Dial', DestinationChannel: 'PJSIP/1002-1', Disposition: 'ANSWERED' },
      false,
    ],
    ['a menu', { LastApplication: 'Read', Disposition: 'ANSWERED' }, false],
    ['voicemail', { LastApplication: 'VoiceMail', Disposition: 'ANSWERED' }, false],
    ['no application', {}, false],
  ])('is derived from the record of a call that ended in %s: %s', (_, fields, sought) => {
    expect(isSought('Cdr', { ...CDR, ...fields })).toBe(sought)
  })
})
