import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createAmiClient } from '../../../api/asterisk/ami-client.ts'
import type { AmiMessage } from '../../../api/asterisk/ami-codec.ts'
import { createAmiSocketFactory } from '../../../api/asterisk/ami-socket.ts'
import { createAsterisk, type PbxSnapshot } from '../../../api/asterisk/asterisk.ts'
import { startTimer } from '../../../api/asterisk/timer.ts'
import { type OriginateRequest, PBX_CAPABILITIES } from '../../../api/core/calls/pbx.ts'
import type { PbxEvent } from '../../../api/core/calls/pbx-events.ts'
import {
  type AmiUser,
  type AsteriskServer,
  startAsterisk,
  whyAsteriskUnavailable,
} from '../../support/asterisk.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { clearedNumber } from '../../support/phone-numbers.ts'
import { settings, toMinimalEvents } from './fixtures/scripted-pbx.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'a real Asterisk' : `a real Asterisk (skipped: ${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  let server: AsteriskServer
  let joined: ReturnType<typeof joinBoth>
  let phones: Phone[] = []
  /** A sound, as Asterisk names it: without its ending. */
  let silence: string | undefined

  beforeAll(async () => {
    silence = join(mkdtempSync(join(tmpdir(), 'silence-')), 'silence')
    writeFileSync(`${silence}.wav`, silentWav())
    server = await startAsterisk()
    joined = joinBoth()
    joined.asterisk.open()
    await isOnline(joined)
    const [own, other] = await Promise.all([
      startPhone(server, '1001', { answer: 'manual' }),
      startPhone(server, '1002', { answer: 'auto' }),
    ])
    phones = [own, other]
  })
  afterAll(async () => {
    await Promise.all(phones.map((phone) => phone.stop()))
    await joined?.asterisk.close()
    await server?.stop()
    if (silence !== undefined) rmSync(dirname(silence), { recursive: true })
  })
  afterEach(async () => {
    for (const phone of phones) if (phone.state() !== 'idle') await phone.hangup()
    await until(() => expect(phones.map((phone) => phone.state())).toEqual(phones.map(() => 'idle')))
  })

  /** Connects both users of docs/asterisk/manager.conf, and records what they report. */
  function joinBoth() {
    const messages: AmiMessage[] = []
    const facts: PbxEvent[] = []
    const reported: string[] = []
    const snapshots: PbxSnapshot[] = []
    const failures: unknown[] = []
    const transport = ({ username, secret }: AmiUser, classes: string) =>
      createAmiClient({
        connect: createAmiSocketFactory({ host: '127.0.0.1', port: server.amiPort }),
        login: { username, secret, events: classes, waitForBoot: classes !== 'call' },
        instance: 'test',
        nonce: () => randomBytes(8).toString('hex'),
        random: Math.random,
        startTimer,
        onError: () => {},
      })
    const control = transport(server.users.control, 'call')
    let epochs = 0
    const asterisk = createAsterisk({
      events: transport(server.users.events, 'system,call,cdr'),
      control,
      toPbxEvents(message, at) {
        messages.push(message)
        return toMinimalEvents(message, at)
      },
      onEvent: (fact) => facts.push(fact),
      onSnapshot(snapshot) {
        snapshots.push(snapshot)
        reported.push(snapshot.pbxEpoch)
      },
      onOffline: () => reported.push('offline'),
      settings: { ...settings, transferContext: 'internal' },
      newEpoch: () => `e${++epochs}`,
      now: Date.now,
      onError: (...failure) => failures.push(failure),
    })
    return { asterisk, pbx: asterisk.pbx, control, messages, facts, reported, snapshots, failures }
  }
  const until = (check: () => unknown) => vi.waitFor(check, { timeout: 30_000, interval: 10 })
  const isOnline = ({ asterisk }: typeof joined) =>
    until(() => expect(asterisk.pbx.state().online).toBe(true))
  const eventsOf = (name: string, id: string) =>
    joined.messages.filter(
      ({ name: one, fields }) => one === name && [fields.uniqueid, fields.destuniqueid].includes(id),
    )
  const orderFor = (callId: string, changes: Partial<OriginateRequest> = {}): OriginateRequest => ({
    callId,
    endpoint: '1001',
    isBrowser: false,
    number: clearedNumber('1002'),
    callerId: { name: 'Call from the browser', number: '1001' },
    ringMs: 20_000,
    ...changes,
  })
  /** A call that needs no phone: two ends of a Local channel, both up. */
  async function localCall(id: string) {
    await joined.control.action({
      Action: 'Originate',
      Channel: 'Local/630@internal',
      ChannelId: id,
      OtherChannelId: `${id}-2`,
      Context: 'internal',
      Exten: '600',
      Priority: 1,
      Async: true,
    })
    await until(() => expect(eventsOf('OriginateResponse', id)).toHaveLength(1))
  }
  /** Dials 1002 from 1001; both talk. @returns the Uniqueid of the far end */
  async function talking(callId: string): Promise<string> {
    await joined.pbx.dial(orderFor(callId))
    await until(() => expect(phones[0]?.state()).toBe('ringing'))
    await phones[0]?.accept()
    await until(() => expect(eventsOf('BridgeEnter', callId)).not.toEqual([]))
    const far = joined.messages.find(
      ({ name, fields }) =>
        name === 'BridgeEnter' && fields.linkedid === callId && fields.uniqueid !== callId,
    )
    return far?.fields.uniqueid ?? ''
  }
  const isGone = (id: string) => until(() => expect(eventsOf('Hangup', id)).toHaveLength(1))

  test('is online with both users of docs/asterisk/manager.conf, and reports what they may do', () => {
    expect(PBX_CAPABILITIES.filter((capability) => !joined.pbx.can(capability))).toEqual(['request_answer'])
    expect(joined.failures).toEqual([])
  })

  test('reports the channels of a call in its first snapshot, and the states of devices with it', async () => {
    await localCall('call-1')
    const late = joinBoth()
    late.asterisk.open()
    await isOnline(late)
    expect(late.snapshots[0]?.channels).toEqual(new Set(['call-1', 'call-1-2']))
    expect(late.facts).toContainEqual(expect.objectContaining({ kind: 'device', device: 'PJSIP/1001' }))
    const born = Number(eventsOf('Newchannel', 'call-1')[0]?.fields.timestamp) * 1e6
    expect(late.snapshots[0]?.at).toBeGreaterThan(born)
    expect(late.facts.map(({ at }) => at)).toEqual(late.facts.map(() => late.snapshots[0]?.at))
    await late.asterisk.close()
    await joined.pbx.hangup('call-1', 'normal')
    await isGone('call-1')
  })

  test.each([
    ['1001', true],
    ['630', true],
    ['81001', true],
    ['700', true],
    ['999', false],
    ['+4930123456', false],
    ['*1', false],
  ])('reports whether %s can be called: %s', async (number, known) => {
    expect(await joined.pbx.extensionExists(number)).toBe(known)
  })

  test('refuses a number without an extension at once, and rings no phone', async () => {
    await expect(joined.pbx.dial(orderFor('call-2', { number: clearedNumber('999') }))).rejects.toMatchObject(
      {
        code: 'unknown_number',
      },
    )
    expect(phones[0]?.state()).toBe('idle')
  })

  test('rings the own phone, then the other one, for a placed call; names arrive unchanged', async () => {
    const callerId = { name: 'Ada O\'Łoś, "x"', number: '1001' }
    await joined.pbx.dial(orderFor('call-3', { callerId }))
    await until(() => expect(phones[0]?.state()).toBe('ringing'))
    expect(phones[1]?.state()).toBe('idle')
    // Read as a variable, as events escape the apostrophe.
    const name = await joined.control.action({
      Action: 'Getvar',
      Channel: 'call-3',
      Variable: 'CALLERID(name)',
    })
    expect(name.fields.value).toBe("Ada O'Łoś x")
    await phones[0]?.accept()
    await until(() => expect(phones.map((phone) => phone.state())).toEqual(['up', 'up']))
    await joined.pbx.hangup('call-3', 'normal')
    await isGone('call-3')
    expect(eventsOf('Hangup', 'call-3')[0]?.fields.cause).toBe('16')
  })

  test('stops a phone that is hung up right after the call was placed', async () => {
    const ids = Array.from({ length: 10 }, (_, at) => `call-4-${at}`)
    for (const id of ids) {
      const placing = joined.pbx.dial(orderFor(id))
      await joined.pbx.hangup(id, 'normal')
      await placing
      await until(() => expect(eventsOf('OriginateResponse', id)).toHaveLength(1))
      expect(eventsOf('OriginateResponse', id)[0]?.fields.response).toBe('Failure')
    }
    await until(() => expect(phones[0]?.state()).toBe('idle'))
  })

  test('sends "busy" to a phone that is hung up as busy', async () => {
    await phones[1]?.dial('1001')
    await until(() => expect(phones[0]?.state()).toBe('ringing'))
    const ringing = joined.messages.findLast(
      ({ name, fields }) => name === 'Newchannel' && fields.channel?.startsWith('PJSIP/1001-'),
    )
    await joined.pbx.hangup(ringing?.fields.uniqueid ?? '', 'busy')
    await until(() => expect(phones[1]?.lastHangupReason()).toMatch(/486/))
  })

  test('transfers the far end, and leaves the call unchanged for an unknown number', async () => {
    const far = await talking('call-5')
    await expect(joined.pbx.transferBlind('call-5', clearedNumber('999'))).rejects.toMatchObject({
      code: 'unknown_number',
    })
    expect(phones.map((phone) => phone.state())).toEqual(['up', 'up'])
    await joined.pbx.transferBlind('call-5', clearedNumber('630'))
    await isGone('call-5')
    expect(eventsOf('Hangup', far)).toEqual([])
    await joined.pbx.hangup(far, 'normal')
    await isGone(far)
  })

  test('puts the far end on hold during an attended transfer, which can be cancelled', async () => {
    const far = await talking('call-6')
    // Asterisk plays "transfer" first, and gives up where it has no such sound, as here.
    await joined.control.action({
      Action: 'Setvar',
      Channel: 'call-6',
      Variable: 'FEATURE(transferannouncesound)',
      Value: silence ?? '',
    })
    await joined.pbx.transferAttended('call-6', clearedNumber('630'))
    await until(() => expect(eventsOf('Hold', 'call-6')).toHaveLength(1))
    const aside = () =>
      joined.messages.filter(
        ({ name, fields }) => name === 'Newchannel' && /^Local\/630@/.test(fields.channel ?? ''),
      )
    await until(() => expect(aside().length).toBeGreaterThanOrEqual(2))
    await until(() => expect(eventsOf('BridgeEnter', 'call-6').length).toBeGreaterThan(1))
    await joined.pbx.cancelTransfer('call-6')
    await until(() => expect(eventsOf('Unhold', 'call-6')).toHaveLength(1))
    const bridges = [far, 'call-6'].map((one) => eventsOf('BridgeEnter', one).at(-1)?.fields.bridgeuniqueid)
    expect(new Set(bridges).size).toBe(1)
    await joined.pbx.hangup('call-6', 'normal')
    await isGone('call-6')
  })

  test('plays digits to the end that they are sent to, and to no feature of the PBX', async () => {
    const far = await talking('call-7')
    const before = phones.map((phone) => phone.receivedDigits())
    await joined.pbx.sendDigits(far, '1590#')
    await until(() => expect(phones[1]?.receivedDigits()).toBe(`${before[1]}1590#`))
    expect(phones[0]?.receivedDigits()).toBe(before[0])
    await joined.pbx.hangup('call-7', 'normal')
    await isGone('call-7')
  })

  test('parks a call by the name of the own channel', async () => {
    const far = await talking('call-8')
    const own = eventsOf('Newchannel', 'call-8')[0]?.fields.channel ?? ''
    await joined.pbx.park(far, own)
    await until(() => expect(joined.messages.map(({ name }) => name)).toContain('ParkedCall'))
    const parked = joined.messages.find(({ name }) => name === 'ParkedCall')
    expect(parked?.fields).toMatchObject({ parkeeuniqueid: far, parkingspace: '701', parkingtimeout: '45' })
    await joined.pbx.hangup(far, 'normal')
    await isGone(far)
    await joined.pbx.hangup('call-8', 'normal')
    await isGone('call-8')
  })

  test('mutes a channel and unmutes it, and refuses for one that has ended', async () => {
    await localCall('call-9')
    await joined.pbx.mute('call-9', true)
    await joined.pbx.mute('call-9', false)
    await expect(joined.pbx.mute('never', true)).rejects.toMatchObject({ code: 'conflict' })
    await expect(joined.pbx.pauseRecording('call-9', true)).rejects.toMatchObject({
      code: 'conflict',
      detail: 'the call is not recorded',
    })
    await expect(joined.pbx.requestAnswer('call-9')).rejects.toMatchObject({ code: 'not_supported' })
    await expect(joined.pbx.transferBlind('call-9', clearedNumber('630'))).rejects.toMatchObject({
      code: 'conflict',
    })
    await joined.pbx.hangup('call-9', 'normal')
    await isGone('call-9')
    await joined.pbx.hangup('call-9', 'normal')
  })

  test('pauses a recording and resumes it', async () => {
    await phones[1]?.dial('81001')
    await until(() => expect(phones[0]?.state()).toBe('ringing'))
    await phones[0]?.accept()
    await until(() => expect(phones.map((phone) => phone.state())).toEqual(['up', 'up']))
    const recorded = joined.messages.findLast(({ name }) => name === 'MixMonitorStart')?.fields.uniqueid ?? ''
    await joined.pbx.pauseRecording(recorded, true)
    await joined.pbx.pauseRecording(recorded, false)
    await until(() =>
      expect(
        joined.messages.filter(({ name }) => name === 'MixMonitorMute').map(({ fields }) => fields.state),
      ).toEqual(['1', '0']),
    )
  })

  test('goes offline when Asterisk restarts, then starts a new epoch without the earlier calls', async () => {
    await localCall('call-10')
    const epoch = joined.pbx.state().pbxEpoch
    joined.reported.length = 0
    await server.restart()
    await until(() => expect(joined.reported).toHaveLength(2))
    expect(joined.reported[0]).toBe('offline')
    expect(joined.pbx.state()).toMatchObject({ online: true, pbxEpoch: joined.reported[1] })
    expect(joined.reported[1]).not.toBe(epoch)
    expect(joined.snapshots.at(-1)?.channels).toEqual(new Set())
  })
})

/** A tenth of a second of silence: 8 kHz, 16 bit, mono. */
function silentWav(): Buffer {
  const bytes = 1_600
  const head = Buffer.alloc(44)
  head.write('RIFF')
  head.writeUInt32LE(36 + bytes, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8_000, 24)
  head.writeUInt32LE(16_000, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(bytes, 40)
  return Buffer.concat([head, Buffer.alloc(bytes)])
}
