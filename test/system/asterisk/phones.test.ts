import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type AmiClient, createAmiClient } from '../../../api/asterisk/ami-client.ts'
import type { AmiMessage } from '../../../api/asterisk/ami-codec.ts'
import { createAmiSocketFactory } from '../../../api/asterisk/ami-socket.ts'
import { startTimer } from '../../../api/asterisk/timer.ts'
import { type AsteriskServer, startAsterisk, whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { startCallers, startScriptedPhones, startTrunkPeer } from '../../support/sipp.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'on a real Asterisk' : `on a real Asterisk (skipped: ${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  let asterisk: AsteriskServer
  let ami: AmiClient
  let alice: Phone
  let bob: Phone
  const heard: AmiMessage[] = []
  const cleanups: (() => Promise<void>)[] = []

  beforeAll(async () => {
    asterisk = await startAsterisk({ trunk: true, load: true })
    const { username, secret } = asterisk.users.events
    ami = createAmiClient({
      connect: createAmiSocketFactory({ host: '127.0.0.1', port: asterisk.amiPort }),
      login: { username, secret, events: 'system,call,cdr', waitForBoot: true },
      instance: 'test',
      nonce: () => randomBytes(8).toString('hex'),
      random: Math.random,
      startTimer,
      onError: () => {},
    })
    ami.on('event', (event) => heard.push(event))
    ami.open()
    await until(() => expect(ami.state().phase).toBe('up'))
    ;[alice, bob] = await Promise.all([
      startPhone(asterisk, '1001', { answer: 'manual' }),
      startPhone(asterisk, '1002', { answer: 'manual' }),
    ])
  })
  beforeEach(() => {
    heard.length = 0
  })
  afterEach(async () => {
    for (const phone of [alice, bob]) if (phone.state() !== 'idle') await phone.hangup()
    await until(() => expect([alice.state(), bob.state()]).toEqual(['idle', 'idle']))
    for (const cleanup of cleanups.splice(0)) await cleanup()
  })
  afterAll(async () => {
    await Promise.all([alice?.stop(), bob?.stop(), ami?.close()])
    await asterisk?.stop()
  })

  const until = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 10 })
  const states = (...expected: string[]) =>
    until(() => expect([alice.state(), bob.state()]).toEqual(expected))
  /** The events of this name that are of a phone's channel, as one field of them says. */
  const told = (name: string, endpoint: string, field: string) =>
    heard
      .filter((event) => event.name === name)
      .filter(({ fields }) => (fields.destchannel ?? fields.channel)?.startsWith(`PJSIP/${endpoint}-`))
      .map(({ fields }) => fields[field])
  async function talking() {
    await alice.dial('1002')
    await states('calling', 'ringing')
    await bob.accept()
    await states('up', 'up')
  }

  test('a phone registers, and 201 with the secret of its document', async () => {
    expect([alice.registered, bob.registered]).toEqual([true, true])
    const desk = await startPhone(asterisk, '201')
    await until(() => expect(heard.map(({ fields }) => fields.device)).toContain('PJSIP/201'))
    await desk.stop()
  })

  test('a phone with a wrong secret is not registered', async () => {
    const wrong = { ...asterisk, secretOf: () => 'wrong' }
    await expect(startPhone(wrong, '1003')).rejects.toThrow('did not register')
  })

  test('one phone calls the other, who takes it, and either end hangs up', async () => {
    await talking()
    expect(told('DialEnd', '1002', 'dialstatus')).toEqual(['ANSWER'])
    await bob.hangup()
    await states('idle', 'idle')
  })

  test('hold and resume are those of who pressed the key', async () => {
    await talking()
    await bob.hold()
    await until(() => expect(told('Hold', '1002', 'uniqueid')).toHaveLength(1))
    await bob.resume()
    await until(() => expect(told('Unhold', '1002', 'uniqueid')).toEqual(told('Hold', '1002', 'uniqueid')))
    expect(told('Hold', '1001', 'uniqueid')).toEqual([])
    await states('up', 'up')
  })

  test('digits arrive at the other end in their order', async () => {
    await talking()
    await alice.digits('12#')
    await until(() => expect(bob.receivedDigits()).toBe('12#'))
  })

  test('a phone transfers its call and is out of it', async () => {
    cleanups.push((await startScriptedPhones(asterisk, '201', 'answers')).stop)
    await talking()
    await alice.transfer('201')
    await states('idle', 'up')
    await until(() => expect(heard.map(({ name }) => name)).toContain('BlindTransfer'))
  })

  test('a busy phone says 486, and so hears the caller', async () => {
    await alice.dial('1002')
    await states('calling', 'ringing')
    await bob.reject()
    await states('idle', 'idle')
    expect(alice.lastHangupReason()).toBe('486 Busy Here')
    await until(() => expect(told('DialEnd', '1002', 'dialstatus')).toEqual(['BUSY']))
  })

  test.each([
    ['busy', '486', 'BUSY'],
    ['declines', '603', 'NOANSWER'],
  ] as const)('a scripted phone (%s) says %s', async (manner, code, dialStatus) => {
    cleanups.push((await startScriptedPhones(asterisk, '1003', manner)).stop)
    await alice.dial('1003')
    await until(() => expect(told('Hangup', '1003', 'cause')).toHaveLength(1))
    // Asterisk 16 does not tell it.
    const [tech] = told('Hangup', '1003', 'techcause')
    if (tech !== undefined) expect(tech).toContain(code)
    expect(told('DialEnd', '1003', 'dialstatus')).toEqual([dialStatus])
    await states('idle', 'idle')
  })

  test('a scripted phone that never answers rings until the caller gives up', async () => {
    cleanups.push((await startScriptedPhones(asterisk, '1003', 'never answers')).stop)
    await alice.dial('1003')
    await until(() => expect(told('Newstate', '1003', 'channelstatedesc')).toEqual(['Ringing']))
    await alice.hangup()
    await until(() => expect(told('DialEnd', '1003', 'dialstatus')).toEqual(['CANCEL']))
  })

  test('a recorded call is recorded, and its record names the call', async () => {
    await alice.dial('81002')
    await states('calling', 'ringing')
    await bob.accept()
    await states('up', 'up')
    await until(() => expect(told('MixMonitorStart', '1001', 'linkedid')).toHaveLength(1))
    await alice.hangup()
    await until(() =>
      expect(told('Cdr', '1001', 'linkedid')).toEqual(told('MixMonitorStart', '1001', 'linkedid')),
    )
  })

  test('a phone parks the other end by its keys', async () => {
    await talking()
    await alice.digits('#72')
    await until(() => expect(heard.map(({ name }) => name)).toContain('ParkedCall'))
    const [space] = heard.filter(({ name }) => name === 'ParkedCall').map(({ fields }) => fields.parkingspace)
    expect(Number(space)).toBeGreaterThan(700)
    await until(() => expect(alice.state()).toBe('idle'))
    await alice.dial(space ?? '')
    await states('up', 'up')
  })

  test('the queue rings its members', async () => {
    await alice.dial('610')
    await states('up', 'ringing')
    await bob.accept()
    await until(() => expect(told('DialEnd', '1002', 'dialstatus')).toEqual(['ANSWER']))
  })

  test('an outside number goes out by the trunk, and calls come in by it', async () => {
    cleanups.push((await startTrunkPeer(asterisk, 'answers')).stop)
    await alice.dial('+493055501')
    await states('up', 'idle')
    expect(told('DialBegin', 'trunk', 'dialstring')).toEqual(['+493055501@trunk'])
    await alice.hangup()

    const callers = await startCallers(asterisk, {
      from: 'trunk',
      shows: '+49301',
      to: '1002',
      seconds: 0.1,
    })
    await states('idle', 'ringing')
    await bob.accept()
    expect(await callers.done).toEqual({ succeeded: 1, failed: 0 })
    expect(told('DialBegin', '1002', 'calleridnum')).toEqual(['+49301'])
  })

  test('many callers at once, each of which hangs up', async () => {
    const phones = Array.from({ length: 20 }, (_, at) => String(2_100 + at))
    cleanups.push((await startScriptedPhones(asterisk, phones, 'answers')).stop)
    const answered = await startCallers(asterisk, {
      from: ['2000', '2001', '2002'],
      to: '2105',
      seconds: 0.5,
      calls: 20,
      perSecond: 50,
    })
    expect(await answered.done).toEqual({ succeeded: 20, failed: 0 })
    const refused = await startCallers(asterisk, { from: '2000', to: '620', seconds: 1, calls: 2 })
    expect(await refused.done).toEqual({ succeeded: 0, failed: 2 })
  })
})
