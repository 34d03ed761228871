import { describe, expect, test } from 'vitest'
import { toPbxEvents } from '../../../../../api/asterisk/event-mapper.ts'
import { admin, ofSales, ofSupport } from '../fixtures/call-control.ts'
import { CALLEE_ID, createSupervisionFixture, ID } from './fixtures/supervision.ts'

type Fixture = ReturnType<typeof createSupervisionFixture>
type Script = readonly (readonly [name: string, fields: Record<string, string>])[]

const listen = { mode: 'listen', address: '' } as const
const [SERVICE, HALF, OTHER_HALF, SECOND] = ['1700000000.5', '1700000000.6', '1700000000.7', '1700000000.8']
const CHANNELS: Record<string, string> = {
  [ID]: 'PJSIP/1001-00000001',
  [CALLEE_ID]: 'PJSIP/1002-00000002',
  [SERVICE]: 'PJSIP/pstn-00000005',
  [HALF]: 'Local/112@phones-00000001;1',
  [OTHER_HALF]: 'Local/112@phones-00000001;2',
  [SECOND]: 'PJSIP/1001-00000008',
}
const shot = (id: string, exten: string, more: Record<string, string> = {}) => ({
  ...{ uniqueid: id, linkedid: ID, channel: CHANNELS[id] ?? '', channelstate: '6', exten, ...more },
})
const prefixed = (prefix: string, fields: Record<string, string>) =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [prefix + key, value]))

/** What the dialplan makes of 112: another extension with a number of the carrier, or a phone of the house. */
const DIALPLANS = [
  { form: 'Goto(emg,s,1)', exten: 's', number: 's', dialstring: '0999@pstn' },
  { form: 'Dial(PJSIP/201)', exten: '112', number: '201', dialstring: '201' },
] as const
type Dialplan = (typeof DIALPLANS)[number]

function dials(from: string, { exten, number, dialstring }: Dialplan, linkedid = ID): Script {
  const service = { calleridnum: number, linkedid }
  return [
    ['Newstate', shot(from, exten, { linkedid })],
    ['Newchannel', shot(SERVICE, exten, { ...service, channelstate: '0' })],
    [
      'DialBegin',
      { ...shot(from, exten, { linkedid }), ...prefixed('dest', shot(SERVICE, '', service)), dialstring },
    ],
    ['Newstate', shot(SERVICE, '', service)],
  ]
}
const meet = (bridgeuniqueid: string, ...ids: string[]): Script =>
  ids.map((id) => ['BridgeEnter', shot(id, '', { bridgeuniqueid })])
const hangUp = (id: string): Script => [['Hangup', shot(id, '', { cause: '16' })]]

const blind = (plan: Dialplan): Script => [
  [
    'BlindTransfer',
    {
      ...prefixed('transferer', shot(ID, '')),
      ...prefixed('transferee', shot(CALLEE_ID, '')),
      extension: '112',
    },
  ],
  ...hangUp(ID),
  ['BridgeLeave', shot(CALLEE_ID, plan.exten)],
  ...dials(CALLEE_ID, plan),
  ...meet('c', CALLEE_ID, SERVICE),
]
const consulted = (plan: Dialplan): Script => [
  ['BridgeLeave', shot(ID, '1002')],
  ['Newchannel', shot(HALF, '112', { channelstate: '0' })],
  ['Newchannel', shot(OTHER_HALF, '112', { channelstate: '0' })],
  ['LocalBridge', { ...prefixed('localone', shot(HALF, '')), ...prefixed('localtwo', shot(OTHER_HALF, '')) }],
  ...dials(OTHER_HALF, plan),
  ...meet('d', OTHER_HALF, SERVICE),
  ...meet('c', ID, HALF),
]
const completed = (plan: Dialplan): Script => [
  ...consulted(plan),
  ...meet('c', CALLEE_ID),
  ['AttendedTransfer', prefixed('transferee', shot(CALLEE_ID, ''))],
  ...hangUp(ID),
]
/** The phone calls 112 on its second line, and connects both calls by REFER. */
const byRefer = (plan: Dialplan): Script => [
  ['Newchannel', shot(SECOND, '112', { linkedid: SECOND, channelstate: '4' })],
  ...dials(SECOND, { ...plan }, SECOND),
  ['BridgeEnter', shot(SECOND, '', { bridgeuniqueid: 'e', linkedid: SECOND })],
  ['BridgeEnter', shot(SERVICE, '', { bridgeuniqueid: 'e', linkedid: SECOND, calleridnum: plan.number })],
  ['BridgeEnter', shot(CALLEE_ID, '', { bridgeuniqueid: 'e' })],
  ['Hangup', shot(SECOND, '', { linkedid: SECOND, cause: '16' })],
  ...hangUp(ID),
]

function play({ tracker }: Fixture, script: Script) {
  let at = 1_700_000_001_000_000
  for (const [name, fields] of script) {
    at += 1_000
    for (const event of toPbxEvents({ kind: 'event', name, fields, pairs: [] }, at)) tracker.handle(event)
  }
}

describe.each(DIALPLANS)('with 112 => $form', (plan) => {
  describe.each([
    ['a blind transfer', blind, ofSupport],
    ['a consultation', consulted, ofSales],
    ['an attended transfer', completed, ofSupport],
    ['an attended transfer of two calls of a phone', byRefer, ofSupport],
  ] as const)('%s to 112', (_, script, supervisor) => {
    test.each(['listen', 'join'] as const)('admits no supervisor: %s', async (mode) => {
      const fixture = createSupervisionFixture()
      play(fixture, script(plan))
      for (const actor of [supervisor, admin])
        await expect(fixture.control.supervise(actor, ID, { ...listen, mode })).rejects.toMatchObject({
          code: 'conflict',
          detail: 'emergency calls are not listened to',
        })
      expect(fixture.commands).toEqual([])
    })

    test('ends a supervision under way', async () => {
      const fixture = createSupervisionFixture()
      const { id } = await fixture.control.supervise(supervisor, ID, listen)
      fixture.answer(id)
      play(fixture, script(plan))
      await fixture.settle()
      expect(fixture.hungUp()).toEqual([id])
      expect(fixture.logged.at(-1)).toMatchObject({
        changes: expect.stringMatching(/reason=emergency_call$/),
      })
    })
  })
})

test('a consultation of 112 that began while the supervision was stored ends it', async () => {
  const fixture = createSupervisionFixture()
  play(fixture, consulted(DIALPLANS[0]))
  await fixture.settle()
  const row = {
    id: 'hks_n9',
    callId: ID,
    channelId: ID,
    agentId: '2',
    supervisorId: '5',
    mode: 'listen' as const,
  }
  const session = { sub: '5', sid: 's', jti: 'j', iat: 0, gen: 0, role: 'supervisor' as const, sxp: null }
  const stored = { ...row, session, address: '', startedAt: 1_700_000_000 }
  await fixture.store.add(stored)
  fixture.live.put(stored)
  await fixture.watch.refresh()
  expect(fixture.hungUp()).toEqual(['hks_n9'])
})

test('a call that came from 112 admits no supervisor, also where the dialplan shows another number', async () => {
  const fixture = createSupervisionFixture()
  play(fixture, [
    ['Newstate', shot(CALLEE_ID, '', { calleridnum: '112' })],
    ['NewCallerid', shot(CALLEE_ID, '', { calleridnum: '500' })],
  ])
  await expect(fixture.control.supervise(ofSales, ID, listen)).rejects.toMatchObject({ code: 'conflict' })
})

test('a transfer to another number admits the supervisor of the one who talks', async () => {
  const fixture = createSupervisionFixture()
  play(fixture, [
    ['BlindTransfer', { ...prefixed('transferee', shot(CALLEE_ID, '')), extension: '1003' }],
    ...hangUp(ID),
    ...dials(CALLEE_ID, {
      form: 'Dial(PJSIP/201)',
      exten: '1003',
      number: '201',
      dialstring: '201',
    } as never),
    ...meet('c', CALLEE_ID, SERVICE),
  ])
  await expect(fixture.control.supervise(ofSupport, ID, listen)).resolves.toMatchObject({ mode: 'listen' })
})
