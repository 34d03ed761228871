import { describe, expect, test } from 'vitest'
import { AT, about, ID, mapEvent, prefixed, RECEIVED_AT, SNAPSHOT } from './fixtures/map-event.ts'

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

test('a transfer shows only that its channels exist, as its data may be old', () => {
  const fields = { Timestamp: SNAPSHOT.Timestamp, ...prefixed('Transferer'), ...prefixed('Transferee') }
  expect(mapEvent('BlindTransfer', fields).map((event) => event.kind === 'channel' && event.changes)).toEqual(
    [{}, {}],
  )
})
