import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMessage } from '../../../api/asterisk/ami-codec.ts'
import { toPbxEvents } from '../../../api/asterisk/event-mapper.ts'
import type { PbxEvent } from '../../../api/core/calls/pbx-events.ts'
import { recordedMessages, VERSIONS } from '../core/calls/fixtures/recorded-events.ts'

const RECEIVED_AT = 1_795_218_500_000_000

function mapEvent(name: string, fields: Record<string, string>): PbxEvent[] {
  const lines = Object.entries({ Event: name, ...fields }).map(([key, value]) => `${key}: ${value}`)
  const message = decodeMessage(Buffer.from(lines.join('\r\n')))
  if (message === undefined) throw new Error('no message')
  return toPbxEvents(message, RECEIVED_AT)
}

/** A phone that dials 102; each case lists its differences. */
const SNAPSHOT = {
  Timestamp: '1795218428.570041',
  Channel: 'PJSIP/101-00000042',
  ChannelState: '4',
  CallerIDNum: '101',
  CallerIDName: 'Ann',
  ConnectedLineNum: '<unknown>',
  ConnectedLineName: '<unknown>',
  Exten: '102',
  Uniqueid: 'pbx-1795218428.239',
  Linkedid: 'pbx-1795218428.239',
}
const AT = 1_795_218_428_570_041
const ID = SNAPSHOT.Uniqueid
const about = (name: string, fields: Record<string, string> = {}) => {
  const [event] = mapEvent(name, { ...SNAPSHOT, ...fields })
  return event?.kind === 'channel' ? event.changes : undefined
}
const prefixed = (prefix: string, fields: Record<string, string> = {}) =>
  Object.fromEntries(
    Object.entries({ ...SNAPSHOT, ...fields })
      .filter(([key]) => key !== 'Timestamp')
      .map(([key, value]) => [`${prefix}${key}`, value]),
  )

test('Newchannel becomes a channel with all its attributes, dated to the microsecond', () => {
  expect(mapEvent('Newchannel', SNAPSHOT)).toEqual([
    {
      kind: 'channel',
      id: ID,
      at: AT,
      changes: {
        name: 'PJSIP/101-00000042',
        endpoint: '101',
        callId: ID,
        state: 'dialling',
        number: '101',
        callerName: 'Ann',
        connectedNumber: '',
        connectedName: '',
        dialedExtension: '102',
        createdAt: AT,
      },
    },
  ])
})

test.each([
  ['Down', '0', 'down'],
  ['Ring', '4', 'dialling'],
  ['Ringing', '5', 'ringing'],
  ['Up', '6', 'up'],
  ['Busy, which says nothing of how far it got', '7', undefined],
])('channel state %s', (_, number, state) => {
  expect(about('Newstate', { ChannelState: number })?.state).toBe(state)
})

test.each([
  ['PJSIP/101-00000042', '101'],
  ['PJSIP/my-trunk-2-0000004c', 'my-trunk-2'],
  ['SIP/desk.7-0000abcd', 'desk.7'],
  ['IAX2/branch-1234', 'branch'],
  ['DAHDI/i1/5551234-1', 'DAHDI/i1/5551234'],
  ['PJSIP/101-00000042<ZOMBIE>', undefined],
  ['AsyncGoto/PJSIP/101-00000042', undefined],
  ['Local/103@from-internal-0000000d;1', undefined],
  ['Surrogate/PJSIP/101-00000042', undefined],
  ['Message/ast_msg_queue', undefined],
])('channel %s belongs to endpoint %s', (name, endpoint) => {
  expect(about('Newstate', { Channel: name })).toMatchObject({ name, endpoint })
})

test.each(['s', 'h', 't', '', 'macro-dial'])("the special extension '%s' is not a dialed number", (exten) => {
  expect(about('Newstate', { Exten: exten })).not.toHaveProperty('dialled')
})

test.each([
  ['controls and line breaks', 'B\u0000o\u001b[1mb\u2028x', 'Bo[1mbx'],
  ['marks that change the reading direction', 'Bob\u202egpj', 'Bobgpj'],
  ['a lone LF, which ends no line', 'Bob\nEvil', 'BobEvil'],
  ['more than 80 characters', 'ж'.repeat(5_000), 'ж'.repeat(80)],
  ['a character of two units at the end', `${'x'.repeat(79)}😀y`, `${'x'.repeat(79)}😀`],
  ['markup, which is text', '<b>&"', '<b>&"'],
  ['other letters', 'Иван ፊ', 'Иван ፊ'],
  ['escapes as in C', 'O\\\'Neil \\"Bob\\" \\\\\\n', 'O\'Neil "Bob" \\'],
])('a name with %s is made safe to display', (_, name, shown) => {
  expect(about('NewCallerid', { CallerIDName: name, CallerIDNum: name })).toMatchObject({
    callerName: shown,
    number: shown,
  })
})

test.each([
  [
    'Rename',
    { Newname: 'PJSIP/101-00000042<ZOMBIE>' },
    { name: 'PJSIP/101-00000042<ZOMBIE>', endpoint: undefined },
  ],
  ['BridgeEnter', { BridgeUniqueid: 'b1' }, { bridge: 'b1' }],
  ['BridgeEnter', { BridgeUniqueid: 'b1', BridgeType: 'basic' }, { bridge: 'b1' }],
  ['BridgeEnter', { BridgeUniqueid: 'b1', BridgeType: 'parking' }, { bridge: undefined }],
  ['BridgeLeave', { BridgeUniqueid: 'b1' }, { bridge: undefined }],
  ['Hold', {}, { holds: true }],
  ['Unhold', {}, { holds: false }],
  ['MixMonitorStart', {}, { recording: 'on' }],
  ['MixMonitorMute', { State: '1' }, { recording: 'paused' }],
  ['MixMonitorMute', { State: '0' }, { recording: 'on' }],
  ['MixMonitorStop', {}, { recording: 'off' }],
] as [string, Record<string, string>, object][])('%s %j updates the channel', (name, fields, what) => {
  expect(about(name, fields)).toMatchObject(what)
})

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

describe('parking', () => {
  const parkee = prefixed('Parkee')

  test('the parked channel gets the space, from an event and from a list', () => {
    const [event] = mapEvent('ParkedCall', { Timestamp: SNAPSHOT.Timestamp, ...parkee, ParkingSpace: '701' })
    expect(event).toMatchObject({ id: ID, at: AT, changes: { parkingSpace: '701' } })
    const [item] = mapEvent('ParkedCall', { ActionID: 'x-1', ...parkee, ParkingSpace: '701' })
    expect(item).toMatchObject({ id: ID, at: RECEIVED_AT, changes: { parkingSpace: '701' } })
  })

  test.each(['UnParkedCall', 'ParkedCallTimeOut', 'ParkedCallGiveUp'])('%s clears the space', (name) => {
    const [event] = mapEvent(name, { ...parkee, ParkingSpace: '701' })
    expect(event).toMatchObject({ id: ID, changes: { parkingSpace: undefined } })
  })
})

test.each([
  ['16', 16],
  ['0', 0],
  ['', 0],
])("a Hangup with cause '%s' updates the channel, then ends it", (text, cause) => {
  const events = mapEvent('Hangup', { ...SNAPSHOT, Exten: 'h', Cause: text, 'Cause-txt': 'whatever' })
  expect(events.map(({ kind }) => kind)).toEqual(['channel', 'channel_ended'])
  expect(events[1]).toEqual({ kind: 'channel_ended', id: ID, at: AT, cause })
})

describe('an item of CoreShowChannels', () => {
  const { Timestamp: _, ...item } = SNAPSHOT

  test('was created in the second that its id begins with', () => {
    const [event] = mapEvent('CoreShowChannel', { ...item, BridgeId: 'b1', Duration: '00:01:12' })
    expect(event).toMatchObject({
      at: RECEIVED_AT,
      changes: { createdAt: 1_795_218_428_000_000, bridge: 'b1' },
    })
  })

  test('with an id that we chose was created its duration ago', () => {
    const [event] = mapEvent('CoreShowChannel', {
      ...item,
      Uniqueid: 'hk_1',
      BridgeId: '',
      Duration: '01:01:12',
    })
    expect(event).toMatchObject({ changes: { createdAt: RECEIVED_AT - 3_672_000_000, bridge: undefined } })
  })
})

test.each([
  ['PJSIP/101', 'NOT_INUSE', 'idle'],
  ['PJSIP/101', 'RINGINUSE', 'ring_in_use'],
  ['Queue:q1_avail', 'ONHOLD', 'on_hold'],
  ['PJSIP/101', 'SOMETHING', 'unknown'],
])('device %s in state %s', (device, state, expected) => {
  expect(mapEvent('DeviceStateChange', { Device: device, State: state })).toEqual([
    { kind: 'device', device, at: RECEIVED_AT, state: expected },
  ])
})

test('a Local device of a dialed number is ignored', () => {
  expect(mapEvent('DeviceStateChange', { Device: 'Local/103@from-internal', State: 'INUSE' })).toEqual([])
})

describe('a call detail record', () => {
  const CDR = {
    Timestamp: SNAPSHOT.Timestamp,
    Source: '101',
    Destination: '102',
    CallerID: '"Call <102> "x" <101>',
    Disposition: 'ANSWERED',
    Duration: '12',
    BillableSeconds: '7',
    UniqueID: 'far',
  }

  test('contains its call, its ends and its seconds', () => {
    expect(mapEvent('Cdr', { ...CDR, Linkedid: ID })).toEqual([
      {
        kind: 'cdr',
        callId: ID,
        channelId: 'far',
        at: AT,
        source: '101',
        destination: '102',
        callerName: 'Call <102> "x',
        disposition: 'ANSWERED',
        duration: 12,
        billable: 7,
      },
    ])
  })

  test('without the mapping of Linkedid belongs to the call that its channel began', () => {
    expect(mapEvent('Cdr', { ...CDR, CallerID: '<101>' })).toMatchObject([{ callId: 'far', callerName: '' }])
  })
})

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

test.each([
  ['dnd', 'busy'],
  ['available', 'idle'],
  ['away', 'idle'],
  ['', 'idle'],
])('presence %j of a phone counts as a device in state %s', (Status, state) => {
  const presentity = { Presentity: 'CustomPresence:1002', Status, Message: 'until noon' }
  expect(mapEvent('PresenceStateChange', presentity)).toEqual([
    { kind: 'device', device: 'CustomPresence:1002', at: RECEIVED_AT, state },
  ])
})

test('recorded do-not-disturb is reported when it is set and when it is reset', () => {
  const devices = recordedMessages('asterisk22', '85')
    .flatMap((message) => toPbxEvents(message, RECEIVED_AT))
    .flatMap((event) => (event.kind === 'device' ? [`${event.device} ${event.state}`] : []))
  expect(devices.slice(0, 4)).toEqual([
    'Custom:DND1002 busy',
    'Custom:DND1002 idle',
    'CustomPresence:1002 busy',
    'CustomPresence:1002 idle',
  ])
})

test('a transfer shows only that its channels exist, as its data may be old', () => {
  const fields = { Timestamp: SNAPSHOT.Timestamp, ...prefixed('Transferer'), ...prefixed('Transferee') }
  expect(mapEvent('BlindTransfer', fields).map((event) => event.kind === 'channel' && event.changes)).toEqual(
    [{}, {}],
  )
})

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
