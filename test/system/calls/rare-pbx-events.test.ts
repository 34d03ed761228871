import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AmiPbx, startAmiPbx, timestamp } from '../../support/ami-pbx.ts'
import type { SseSubscription } from '../../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { loginV1Client, type V1Client } from '../../support/v1-client.ts'

/** Events that a real Asterisk rarely sends, sent by the test. */
let pbx: AmiPbx
let stack: Stack
let admin: V1Client
let bob: V1Client
let presence: SseSubscription
const phones = ['1001', '1002'].map((one) => [
  'Event: DeviceStateChange',
  `Device: PJSIP/${one}`,
  'State: NOT_INUSE',
])
beforeAll(async () => {
  pbx = await startAmiPbx({ devices: () => phones })
  stack = await startStack({ env: pbx.env })
  ;[admin, bob] = await Promise.all([loginV1Client(stack, 'admin'), loginV1Client(stack, 'user2')])
  presence = await admin.follow('users-state')
  await isNow('1002', { state: 'Idle', status: 'available' })
})
afterAll(async () => {
  presence?.close()
  await stack?.stop()
  await pbx?.stop()
})

/** @param at seconds from now, by the PBX's clock */
const sendEvent = (event: string, at: number, ...lines: string[]) =>
  pbx.sendEvents(
    `${[`Event: ${event}`, `Timestamp: ${timestamp(Date.now() + at * 1_000)}`, ...lines].join('\r\n')}\r\n\r\n`,
  )
const channel = (id: string, name: string, state: number, number: string, linkedid = id) => [
  `Channel: ${name}`,
  `ChannelState: ${state}`,
  `CallerIDNum: ${number}`,
  'Exten: 610',
  `Uniqueid: ${id}`,
  `Linkedid: ${linkedid}`,
]
const isNow = (extension: string, state: object) =>
  waitUntil(`${extension} is ${JSON.stringify(state)}`, () => {
    const states = presence.messages.at(-1)?.states as Record<string, object> | undefined // its document's shape
    const now = { ...states?.[extension] }
    return Object.entries(state).every(([key, value]) => (now as Record<string, unknown>)[key] === value)
  })

test.each([
  ['as FreePBX sets it', 'DeviceStateChange', 'Device: Custom:DND1002', 'State: BUSY', 'State: NOT_INUSE'],
  [
    'as a presence',
    'PresenceStateChange',
    'Presentity: CustomPresence:1002',
    'Status: dnd',
    'Status: available',
  ],
])('do-not-disturb of a phone is shown, set %s', async (_, event, device, on, off) => {
  sendEvent(event, 0, device, on)
  await isNow('1002', { state: 'Busy', status: 'dnd' })
  sendEvent(event, 0, device, off)
  await isNow('1002', { state: 'Idle', status: 'available' })
})

test('the detail record of a call that no agent answered comes after its end, and corrects it', async () => {
  const [id, name] = ['1769860800.1', 'PJSIP/trunk-00000001']
  sendEvent('Newchannel', -40, ...channel(id, name, 4, '+49301234'))
  sendEvent('Newstate', -40, ...channel(id, name, 6, '+49301234'))
  sendEvent('Hangup', -10, ...channel(id, name, 6, '+49301234'), 'Cause: 0')
  expect(await admin.history(id)).toMatchObject({ outcome: 'answered', billable: 30 })
  const record = ['Disposition: ANSWERED', 'Duration: 30', 'BillableSeconds: 30', `UniqueID: ${id}`]
  sendEvent('Cdr', -10, 'LastApplication: Queue', `Linkedid: ${id}`, ...record)
  await waitUntil('it is corrected', async () => {
    const { outcome, answered_at, billable } = await admin.history(id)
    return outcome === 'cancelled' && answered_at === null && billable === 0
  })
  const missed = await admin.request('/calls/history?outcome=cancelled')
  expect(missed.body.calls).toMatchObject([{ id }])
})

test('a phone without an account is not a trunk', async () => {
  const [id, far] = ['1769860800.3', '1769860800.4']
  sendEvent('Newchannel', -5, ...channel(id, 'PJSIP/1002-00000003', 4, '1002'))
  sendEvent('Newchannel', -5, ...channel(far, 'PJSIP/1005-00000004', 0, '1005', id))
  sendEvent('Newstate', -4, ...channel(far, 'PJSIP/1005-00000004', 6, '1005', id))
  sendEvent('Newstate', -4, ...channel(id, 'PJSIP/1002-00000003', 6, '1002'))
  sendEvent('Hangup', -2, ...channel(far, 'PJSIP/1005-00000004', 6, '1005', id), 'Cause: 16')
  sendEvent('Hangup', -2, ...channel(id, 'PJSIP/1002-00000003', 6, '1002'), 'Cause: 16')
  expect(await bob.history(id)).toMatchObject({ direction: 'internal', outcome: 'answered' })
})

// The last one: the clock stays as it is.
test('events after the PBX’s clock was set back are applied', async () => {
  sendEvent('DeviceStateChange', 300, 'Device: PJSIP/1002', 'State: INUSE')
  await isNow('1002', { state: 'Up' })
  sendEvent('DeviceStateChange', 0, 'Device: PJSIP/1002', 'State: NOT_INUSE')
  await isNow('1002', { state: 'Idle' })
})
