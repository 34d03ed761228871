import { expect, test } from 'vitest'
import type { Call } from '../../../../api/core/calls/call.ts'
import type { DeviceState } from '../../../../api/core/calls/pbx-events.ts'
import { activeCalls } from '../../../../api/core/presence/active-calls.ts'
import { isPhoneDnd } from '../../../../api/core/presence/phone-dnd.ts'
import type { UserStatus } from '../../../../api/core/presence/user-status-store.ts'
import { type PresenceInputs, queuesOf, usersState } from '../../../../api/core/presence/users-state.ts'
import { aCall, aDirectory, aLeg } from '../calls/fixtures/calls.ts'

const directory = await aDirectory()

/** All users are registered, available and idle. */
const facts = (changes: Partial<PresenceInputs> = {}): PresenceInputs => ({
  users: directory.all(),
  isPbxOnline: true,
  callsOf: () => [],
  endpointsOf: directory.endpointsOf,
  deviceStateOf: () => 'idle',
  statusOf: () => 'available',
  isDnd: () => false,
  isUserOnline: () => false,
  queues: new Map(),
  ...changes,
})
const of1001 = (changes: Partial<PresenceInputs>) => usersState(facts(changes)).states['1001']
const inCall = (call: Call) => ({ callsOf: () => [call] })

test('a user with a phone and no call is idle', () => {
  expect(of1001({})).toEqual({ state: 'Idle', name: 'user1', status: 'available', online: false })
})

test.each<[string, UserStatus, string]>([
  ['becomes the status of a user who set none', 'available', 'dnd'],
  ['does not replace the status away', 'away', 'away'],
  ['does not replace the status offline', 'offline', 'offline'],
])('do-not-disturb of a phone %s', (_, own, status) => {
  expect(of1001({ isDnd: () => true, statusOf: () => own })).toMatchObject({ status })
})

test.each<[string, Record<string, DeviceState>, boolean]>([
  ['FreePBX set by *78', { 'Custom:DND1001': 'busy' }, true],
  ['FreePBX set for one device', { 'Custom:DEVDND1001': 'busy' }, true],
  ['a dialplan set as presence', { 'CustomPresence:1001': 'busy' }, true],
  ['was reset', { 'Custom:DND1001': 'idle', 'CustomPresence:1001': 'idle' }, false],
  ['is set for another phone', { 'Custom:DND1002': 'busy', 'Custom:DND10011': 'busy' }, false],
  ['was never set', {}, false],
])('do-not-disturb that %s', (_, devices, isOn) => {
  expect(isPhoneDnd('1001', (device) => devices[device])).toBe(isOn)
})

test.each<[string, Partial<PresenceInputs>, string]>([
  ['a phone that is not registered', { deviceStateOf: () => 'unavailable' as DeviceState }, 'Unavailable'],
  ['a phone that the PBX has never reported', { deviceStateOf: () => undefined }, 'Unavailable'],
  ['a PBX that is offline', { isPbxOnline: false }, 'Unavailable'],
  ['a phone set to do-not-disturb', { isDnd: () => true }, 'Busy'],
  ['such a phone of a PBX that is offline', { isDnd: () => true, isPbxOnline: false }, 'Unavailable'],
  [
    'such a phone that is not registered',
    { isDnd: () => true, deviceStateOf: () => undefined },
    'Unavailable',
  ],
  ['such a phone in a call', { isDnd: () => true, ...inCall(aCall()) }, 'Up'],
  ['"do not disturb"', { statusOf: () => 'dnd' as UserStatus }, 'Unavailable'],
  ['"offline"', { statusOf: () => 'offline' as UserStatus }, 'Unavailable'],
  ['"away" with a phone that works', { statusOf: () => 'away' as UserStatus }, 'Idle'],
  ['a call that is up', inCall(aCall()), 'Up'],
  ['a call while "do not disturb"', { ...inCall(aCall()), statusOf: () => 'dnd' as UserStatus }, 'Up'],
  ['a call on hold', inCall(aCall({ state: 'held' })), 'OnHold'],
  ['a call from before the PBX went offline', { ...inCall(aCall()), isPbxOnline: false }, 'Unavailable'],
  [
    'a phone that is called',
    inCall(
      aCall({ state: 'ringing', legs: [aLeg('1002'), aLeg('1001', { role: 'callee', state: 'ringing' })] }),
    ),
    'Ringing',
  ],
  [
    'a phone that calls',
    inCall(aCall({ state: 'ringing', legs: [aLeg('1001', { state: 'dialling' })] })),
    'Ring',
  ],
  [
    'an ended leg while the phone is free again',
    inCall(aCall({ legs: [aLeg('1001', { state: 'ended' }), aLeg('1002')] })),
    'Idle',
  ],
])('the state for %s', (_, changes, state) => {
  expect(of1001(changes)?.state).toBe(state)
})

test('a channel shows the other end and the direction of the call', () => {
  expect(of1001(inCall(aCall()))?.channels).toEqual({
    'PJSIP/1001-00000001': { channel: 'PJSIP/1002-00000001', number: '1002', direction: 'outgoing' },
  })
})

test('a queue is an extension with isQueue', () => {
  const { states } = usersState(facts({ queues: new Map([['support', 'idle']]) }))
  expect(states.support).toEqual({ state: 'Idle', name: 'support', isQueue: true })
})

test('a queue appears once, however many devices Asterisk has for it, and before its first caller', () => {
  const devices: [string, DeviceState][] = [
    ['PJSIP/1001', 'in_use'],
    ['Queue:support_avail', 'unavailable'],
    ['Queue:support_pause_PJSIP/1002', 'idle'],
    ['Queue:sales', 'in_use'],
    ['Queue:sales_avail', 'idle'],
  ]
  expect([...queuesOf(devices)]).toEqual([
    ['support', 'idle'],
    ['sales', 'in_use'],
  ])
})

test('active-calls shows the two ends of each conversation, in the document’s members', () => {
  expect(activeCalls([aCall()])).toEqual({
    queues: {},
    calls: [
      {
        start: '1700000000',
        answer: '1700000002',
        typeCall: 'inner',
        src_chan: 'PJSIP/1001-00000001',
        src_num: '1001',
        exten: '1002',
        dst_chan: 'PJSIP/1002-00000001',
        dst_num: '1002',
        did: '',
        linkedid: '1700000000.1',
        calledChannels: [{ channel: 'PJSIP/1002-00000001', number: '1002' }],
        bridgeChannels: [
          {
            answer: '1700000002',
            src_chan: 'PJSIP/1001-00000001',
            src_num: '1001',
            dst_chan: 'PJSIP/1002-00000001',
            dst_num: '1002',
          },
        ],
      },
    ],
  })
})
