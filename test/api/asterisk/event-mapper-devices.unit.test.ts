import { expect, test } from 'vitest'
import { toPbxEvents } from '../../../api/asterisk/event-mapper.ts'
import { recordedMessages } from '../core/calls/fixtures/recorded-events.ts'
import { mapEvent, RECEIVED_AT } from './fixtures/map-event.ts'

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
