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
  const received: AmiMessage[] = []
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
    ami.on('event', (event) => received.push(event))
    ami.open()
    await until(() => expect(ami.state().phase).toBe('up'))
    ;[alice, bob] = await Promise.all([
      startPhone(asterisk, '1001', { answer: 'manual' }),
      startPhone(asterisk, '1002', { answer: 'manual' }),
    ])
  })
  beforeEach(() => {
    received.length = 0
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
  /** The events with this name about a phone's channel, by the given field. */
  const reported = (name: string, endpoint: string, field: string) =>
    received
      .filter((event) => event.name === name)
      .filter(({ fields }) => (fields.destchannel ?? fields.channel)?.startsWith(`PJSIP/${endpoint}-`))
      .map(({ fields }) => fields[field])
  async function talking() {
    await alice.dial('1002')
    await states('calling', 'ringing')
    await bob.accept()
    await states('up', 'up')
  }

  test('a phone registers, as does 201 with the secret of its document', async () => {
    expect([alice.registered, bob.registered]).toEqual([true, true])
    const hardphone = await startPhone(asterisk, '201')
    await until(() => expect(received.map(({ fields }) => fields.device)).toContain('PJSIP/201'))
    await hardphone.stop()
  })

  test('a phone with a wrong secret is not registered', async () => {
    const wrong = { ...asterisk, secretOf: () => 'wrong' }
    await expect(startPhone(wrong, '1003')).rejects.toThrow('did not register')
  })

  test('one phone calls the other, which answers, and either end hangs up', async () => {
    await talking()
    expect(reported('DialEnd', '1002', 'dialstatus')).toEqual(['ANSWER'])
    await bob.hangup()
    await states('idle', 'idle')
  })

  test('hold and resume come from the phone with the key', async () => {
    await talking()
    await bob.hold()
    await until(() => expect(reported('Hold', '1002', 'uniqueid')).toHaveLength(1))
    await bob.resume()
    await until(() =>
      expect(reported('Unhold', '1002', 'uniqueid')).toEqual(reported('Hold', '1002', 'uniqueid')),
    )
    expect(reported('Hold', '1001', 'uniqueid')).toEqual([])
    await states('up', 'up')
  })

  test('digits arrive at the other end in order', async () => {
    await talking()
    await alice.digits('12#')
    await until(() => expect(bob.receivedDigits()).toBe('12#'))
  })

  test('a phone transfers its call and leaves it', async () => {
    cleanups.push((await startScriptedPhones(asterisk, '201', 'answers')).stop)
    await talking()
    await alice.transfer('201')
    await states('idle', 'up')
    await until(() => expect(received.map(({ name }) => name)).toContain('BlindTransfer'))
  })

  test('a busy phone answers 486, which the caller gets', async () => {
    await alice.dial('1002')
    await states('calling', 'ringing')
    await bob.reject()
    await states('idle', 'idle')
    expect(alice.lastHangupReason()).toBe('486 Busy Here')
    await until(() => expect(reported('DialEnd', '1002', 'dialstatus')).toEqual(['BUSY']))
  })

  test.each([
    ['busy', '486', 'BUSY'],
    ['declines', '603', 'NOANSWER'],
  ] as const)('a scripted phone (%s) answers %s', async (manner, code, dialStatus) => {
    cleanups.push((await startScriptedPhones(asterisk, '1003', manner)).stop)
    await alice.dial('1003')
    await until(() => expect(reported('Hangup', '1003', 'cause')).toHaveLength(1))
    // Asterisk 16 does not report it.
    const [tech] = reported('Hangup', '1003', 'techcause')
    if (tech !== undefined) expect(tech).toContain(code)
    expect(reported('DialEnd', '1003', 'dialstatus')).toEqual([dialStatus])
    await states('idle', 'idle')
  })

  test('a scripted phone that never answers rings until the caller gives up', async () => {
    cleanups.push((await startScriptedPhones(asterisk, '1003', 'never answers')).stop)
    await alice.dial('1003')
    await until(() => expect(reported('Newstate', '1003', 'channelstatedesc')).toEqual(['Ringing']))
    await alice.hangup()
    await until(() => expect(reported('DialEnd', '1003', 'dialstatus')).toEqual(['CANCEL']))
  })

  test('a recorded call has a recording, and its detail record names the call', async () => {
    await alice.dial('81002')
    await states('calling', 'ringing')
    await bob.accept()
    await states('up', 'up')
    await until(() => expect(reported('MixMonitorStart', '1001', 'linkedid')).toHaveLength(1))
    await alice.hangup()
    await until(() =>
      expect(reported('Cdr', '1001', 'linkedid')).toEqual(reported('MixMonitorStart', '1001', 'linkedid')),
    )
  })

  test('a phone parks the other end by its keys', async () => {
    await talking()
    await alice.digits('#72')
    await until(() => expect(received.map(({ name }) => name)).toContain('ParkedCall'))
    const [space] = received
      .filter(({ name }) => name === 'ParkedCall')
      .map(({ fields }) => fields.parkingspace)
    expect(Number(space)).toBeGreaterThan(700)
    await until(() => expect(alice.state()).toBe('idle'))
    await alice.dial(space ?? '')
    await states('up', 'up')
  })

  test('the queue rings its members', async () => {
    await alice.dial('610')
    await states('up', 'ringing')
    await bob.accept()
    await until(() => expect(reported('DialEnd', '1002', 'dialstatus')).toEqual(['ANSWER']))
  })

  test('an external number is dialed through the trunk, and calls come in through it', async () => {
    cleanups.push((await startTrunkPeer(asterisk, 'answers')).stop)
    await alice.dial('+493055501')
    await states('up', 'idle')
    expect(reported('DialBegin', 'trunk', 'dialstring')).toEqual(['+493055501@trunk'])
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
    expect(reported('DialBegin', '1002', 'calleridnum')).toEqual(['+49301'])
  })

  test('many callers at once can call and hang up', async () => {
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
