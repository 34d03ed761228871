import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type AsteriskServer, startAsterisk, whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { type Browser, type BrowserPage, whyBrowserUnavailable } from '../../support/browser.ts'
import { type AmiCalls, connectAmiCalls } from '../../support/console/ami-calls.ts'
import { type BrowserPhone, createBrowserPhone } from '../../support/console/browser-phone.ts'
import { tonesSentTo } from '../../support/console/far-end.ts'
import { startMediaBrowser } from '../../support/console/media-browser.ts'
import { watchSound } from '../../support/console/page-sound.ts'
import { type PhonePage, servePhonePage } from '../../support/console/phone-page.ts'
import { type SipRelay, startSipRelay } from '../../support/console/sip-relay.ts'
import { webMediaAddress } from '../../support/console/web-endpoints-conf.ts'
import { login, requestJson } from '../../support/http-client.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { startStack, waitUntil } from '../../support/stack.ts'

const missing = (await whyAsteriskUnavailable()) ?? (await whyBrowserUnavailable())
const title = missing === undefined ? 'the phone in a page' : `the phone in a page (skipped: ${missing})`

/** Tones, in hertz: of the browser's microphone, and of two SIP phones. */
const [OWN, ALICE, BOB] = [740, 400, 1_000]

interface PageOptions {
  url?: string
  /** A script: members of the credentials. */
  credentials?: string
  /** A script: more members of the options. */
  options?: string
  /** Undefined where the session is over. */
  ticket?: () => unknown
}

describe.skipIf(missing !== undefined)(title, () => {
  let asterisk: AsteriskServer
  let ami: AmiCalls
  let relay: SipRelay
  let page: PhonePage
  let browser: Browser
  let alice: Phone
  let bob: Phone
  let carol: BrowserPhone
  /** Other browsers of a test. */
  const others: BrowserPage[] = []
  /** How long the API takes to answer after it has placed a call. */
  let apiDelayMs = 0
  let isSignedOut = false

  beforeAll(async () => {
    asterisk = await startAsterisk({ webEndpoints: true })
    relay = await startSipRelay(`ws://127.0.0.1:${asterisk.ari.port}/ws`)
    ;[ami, page, browser, alice, bob] = await Promise.all([
      connectAmiCalls(asterisk),
      servePhonePage(),
      startMediaBrowser(OWN),
      startPhone(asterisk, '1001', { tone: ALICE }),
      startPhone(asterisk, '1002', { tone: BOB }),
    ])
    carol = await openPhone(browser, '1003')
    await carol.act('start')
    await carol.untilRegistration('registered')
  })
  afterEach(async () => {
    apiDelayMs = 0
    isSignedOut = false
    relay.restore()
    await Promise.all([alice.hangup(), bob.hangup(), ...others.splice(0).map((other) => other.close())])
    await carol.run(`phone.getSnapshot().calls.forEach(({ id }) => phone.hangup(id))`)
    await waitUntil('no call', async () =>
      /^0 active channels/m.test(await asterisk.cli('core show channels')),
    )
  })
  afterAll(async () => {
    await browser?.stop()
    await Promise.all([alice?.stop(), bob?.stop(), ami?.close(), page?.stop(), relay?.stop()])
    await asterisk?.stop()
  })

  async function openPhone(
    at: Omit<BrowserPage, 'close'>,
    extension: string,
    { url = page.url, credentials = '{}', options = '', ticket }: PageOptions = {},
  ): Promise<BrowserPhone> {
    await at.expose('issueTicket', ticket ?? (() => (isSignedOut ? undefined : relay.issueTicket())))
    await at.expose('placeCall', async (number = '') => {
      const call = await ami.place(extension, number)
      await sleep(apiDelayMs)
      return call
    })
    await at.runFirst(watchSound)
    await at.open(url)
    return createBrowserPhone(
      at,
      `{
        credentials: async () => ({
          display_name: 'Carol', sip_username: '${extension}-web', auth_username: '${extension}-web',
          sip_password: '${asterisk.secretOf(extension)}', sip_domain: '127.0.0.1', socket_path: '${relay.url}',
          ice_servers: [], expires_at: new Date(Date.now() + 3600000).toISOString(), ...(${credentials}),
        }),
        async ticket() {
          const ticket = await issueTicket()
          if (!ticket) throw Object.assign(new Error('signed out'), { code: 'session_ended' })
          return ticket
        },
        api: { dial: (number) => placeCall(number) },
        ${options}
      }`,
    )
  }
  /** Another person at another browser, with the extension 1000. */
  async function openDora(options: PageOptions = {}): Promise<BrowserPhone> {
    const other = await browser.newPage()
    others.push(other)
    return openPhone(other, '1000', options)
  }
  const liveCard = (phone = carol) => phone.card(({ state }) => state !== 'ended')
  const contactsOf = async (extension: string) =>
    (await asterisk.cli('pjsip show contacts')).split(`Contact:  ${extension}-web/`).length - 1
  /** Alice calls, and the page answers. */
  async function talkWithAlice(): Promise<string> {
    await alice.dial('1903')
    await carol.untilStates('incoming ringing')
    const { id } = await liveCard()
    await carol.act('answer', id)
    await carol.untilTone(ALICE)
    return id
  }

  test('a dialled call is answered by the page itself, and the tone arrives at both ends', async () => {
    const id = await carol.act('dial', '1001')
    await carol.untilStates('outgoing active')
    expect(await liveCard()).toMatchObject({ id, peer: { number: '1001' }, muted: false })
    await carol.untilTone(ALICE)
    const [own = 0, other = 1] = await tonesSentTo(asterisk, '1001', OWN, BOB)
    expect(own).toBeGreaterThan(0.4)
    expect(other).toBeLessThan(0.1)
    await waitUntil('a measure of quality', async () => (await liveCard()).quality !== undefined)
    expect((await liveCard()).quality).toMatchObject({
      jitterMs: expect.any(Number),
      rttMs: expect.any(Number),
    })
    expect(relay.sent().filter((text) => text.startsWith('INVITE'))).toEqual([])
    // The PBX would take it for a hold.
    expect(relay.sent().filter((text) => text.includes('c=IN IP4 0.0.0.0'))).toEqual([])
    await alice.hangup()
    await carol.untilStates()
  })

  test('it finds its own INVITE also when that comes before the answer of the API', async () => {
    apiDelayMs = 700
    const dialled = carol.act('dial', '1001')
    await carol.untilStates('outgoing ringing')
    await sleep(apiDelayMs / 2)
    expect(await carol.states()).toEqual(['outgoing ringing'])
    await dialled
    await carol.untilStates('outgoing active')
  })

  test('an INVITE with the id of another call rings and is not answered', async () => {
    await ami.place('1003', '1001', 'hk_not-of-this-page')
    await carol.untilStates('incoming ringing')
    await sleep(1_000)
    expect(await carol.states()).toEqual(['incoming ringing'])
    expect(await liveCard()).toMatchObject({ apiCallId: 'hk_not-of-this-page' })
  })

  test('a person declines an incoming call', async () => {
    await alice.dial('1903')
    await carol.untilStates('incoming ringing')
    expect(await liveCard()).toMatchObject({ peer: { number: '1001', name: 'Alice' } })
    await carol.act('decline', (await liveCard()).id)
    await carol.untilStates()
    await waitUntil('the caller is free', () => alice.state() === 'idle')
  })

  test('hold is silent both ways, until it is taken back', async () => {
    const id = await talkWithAlice()
    await carol.act('hold', id)
    await carol.untilStates('incoming held')
    expect(await tonesSentTo(asterisk, '1001', OWN)).toEqual([0])
    expect(await carol.mostVoices()).toBe(1)
    expect(await carol.run('[sound.voices(), sound.sending()]')).toEqual([0, 0])
    await carol.act('unhold', id)
    await carol.untilTone(ALICE)
    expect((await tonesSentTo(asterisk, '1001', OWN))[0]).toBeGreaterThan(0.4)
  })

  test('mute sends silence and still plays the other end', async () => {
    const id = await talkWithAlice()
    await carol.act('mute', id, true)
    expect(await tonesSentTo(asterisk, '1001', OWN)).toEqual([0])
    await carol.untilTone(ALICE)
    // A hold must not open the microphone again.
    await carol.act('hold', id)
    await carol.act('unhold', id)
    expect(await carol.run('sound.sending()')).toBe(0)
    await carol.act('mute', id, false)
    expect(await carol.run('sound.sending()')).toBe(1)
  })

  test('digits arrive at the other end', async () => {
    const id = await talkWithAlice()
    const before = alice.receivedDigits()
    await carol.act('sendDtmf', id, '42#')
    await waitUntil('the digits', () => alice.receivedDigits().slice(before.length) === '42#')
  })

  test('a second call waits, is answered and swapped; two voices are never open', async () => {
    const first = await talkWithAlice()
    await bob.dial('1903')
    await carol.untilStates('incoming active', 'incoming ringing')
    const { id: second } = await carol.card(({ state }) => state === 'ringing')
    await carol.mostVoices()
    await carol.act('answer', second)
    await carol.untilStates('incoming held', 'incoming active')
    await carol.untilTone(BOB)
    await carol.untilNoTone(ALICE)
    expect(await tonesSentTo(asterisk, '1001', OWN)).toEqual([0])
    await carol.act('swap')
    await carol.untilStates('incoming active', 'incoming held')
    await carol.untilTone(ALICE)
    // Orders that cross each other are done one after another.
    await carol.run(
      `Promise.allSettled([phone.swap(), phone.unhold('${second}'), phone.hold('${first}'), phone.swap()])`,
    )
    expect((await carol.states()).filter((state) => state.endsWith('active')).length).toBeLessThan(2)
    expect(await carol.mostVoices()).toBe(1)
  })

  test('a command of the API is obeyed by the call that it names', async () => {
    await ami.place('1003', '1001', 'hk_commanded')
    await carol.untilStates('incoming ringing')
    const obey = (command: string, id: string) =>
      carol.run(`phone.obey({ command: '${command}', call_id: '${id}',
        expires_at: new Date(Date.now() + 5000).toISOString() })`)
    await obey('answer', 'hk_other')
    expect(await carol.states()).toEqual(['incoming ringing'])
    await obey('answer', 'hk_commanded')
    await carol.untilStates('incoming active')
    await obey('hold', 'hk_commanded')
    await carol.untilStates('incoming held')
    await obey('unhold', 'hk_commanded')
    await carol.untilStates('incoming active')
  })

  test('a call goes on over a network that is away for 5 s, and can still be ended by the other end', async () => {
    await talkWithAlice()
    relay.cut()
    await carol.untilRegistration('reconnecting')
    await sleep(5_000)
    relay.restore()
    await carol.untilRegistration('registered')
    await waitUntil('new ICE credentials', () => relay.sent().some((text) => text.startsWith('INVITE')))
    await carol.untilTone(ALICE)
    expect((await tonesSentTo(asterisk, '1001', OWN))[0]).toBeGreaterThan(0.4)
    expect(await carol.states()).toEqual(['incoming active'])
    await alice.hangup()
    await carol.untilStates()
  })

  test('a call that the other end has left meanwhile ends as lost', async () => {
    const id = await talkWithAlice()
    relay.cut()
    await carol.untilRegistration('reconnecting')
    await alice.hangup()
    await sleep(500)
    relay.restore()
    await carol.untilStates()
    expect(await carol.card((card) => card.id === id)).toMatchObject({ error: 'lost' })
  })

  test('a connection that no longer carries anything is replaced when the browser is online again', async () => {
    const before = relay.connections()
    relay.freeze()
    await carol.run(`dispatchEvent(new Event('online'))`)
    await waitUntil('another connection', () => relay.connections() > before)
    await carol.untilRegistration('registered')
  })

  test('close code 1012 connects again, 4429 waits for a person', async () => {
    const before = relay.connections()
    relay.close(1012)
    await waitUntil('another connection', () => relay.connections() > before)
    await carol.untilRegistration('registered')
    relay.close(4429)
    await carol.untilRegistration('blocked')
    expect((await carol.snapshot()).registration).toEqual({
      state: 'blocked',
      reason: 'taken_by_other_window',
    })
    await carol.act('takeOver')
    await carol.untilRegistration('registered')
  })

  test('stop unregisters at once; start registers again', async () => {
    await waitUntil('one contact', async () => (await contactsOf('1003')) === 1)
    await carol.act('stop')
    expect([await contactsOf('1003'), (await carol.snapshot()).registration.state]).toEqual([0, 'offline'])
    expect(relay.isOpen()).toBe(false)
    await carol.act('start')
    await carol.untilRegistration('registered')
  })

  test('the end of the session ends its calls, and no attempt follows', async () => {
    await talkWithAlice()
    isSignedOut = true
    relay.close(4401)
    await carol.untilRegistration('blocked')
    expect((await carol.snapshot()).registration).toEqual({ state: 'blocked', reason: 'session_ended' })
    expect(await carol.states()).toEqual([])
    expect(await carol.run('[sound.voices(), sound.sending()]')).toEqual([0, 0])
    const before = relay.connections()
    await sleep(1_500)
    expect(relay.connections()).toBe(before)
    isSignedOut = false
    await carol.act('stop')
    await carol.act('start')
    await carol.untilRegistration('registered')
  })

  test('a call goes on where the socket closed because its token was not renewed', async () => {
    const id = await talkWithAlice()
    const before = relay.connections()
    relay.close(4401)
    await waitUntil('another connection', () => relay.connections() > before)
    await carol.untilRegistration('registered')
    await carol.untilTone(ALICE)
    expect(await liveCard()).toMatchObject({ id, state: 'active' })
  })

  test('a browser calls a browser', async () => {
    const dora = await openDora()
    await dora.act('start')
    await dora.untilRegistration('registered')
    await carol.act('dial', '1900')
    await dora.untilStates('incoming ringing')
    await dora.act('answer', (await liveCard(dora)).id)
    await Promise.all([dora.untilTone(OWN), carol.untilTone(OWN)])
  })

  test('a re-INVITE of the PBX during a hold opens no voice', async () => {
    const dora = await openDora()
    await dora.act('start')
    await dora.untilRegistration('registered')
    await alice.dial('1900')
    await dora.untilStates('incoming ringing')
    const { id } = await liveCard(dora)
    await dora.act('answer', id)
    await dora.untilTone(ALICE)
    await dora.act('hold', id)
    const reinvites = () => relay.received().filter((text) => /^INVITE[\s\S]*\nTo:.*;tag=/.test(text)).length
    const before = reinvites()
    // 1000-web is informed of who is connected, which browsers of the product are not.
    const channel = /PJSIP\/1000-web-\w+/.exec(await asterisk.cli('core show channels concise'))?.[0]
    await asterisk.cli(`dialplan set chanvar ${channel} CONNECTEDLINE(all) "Eve <1009>"`)
    await waitUntil('a re-INVITE', () => reinvites() > before)
    expect(await tonesSentTo(asterisk, '1001', OWN)).toEqual([0])
    expect(await dora.run('[sound.voices(), sound.sending()]')).toEqual([0, 0])
    await dora.act('unhold', id)
    await dora.untilTone(ALICE)
  })

  test('a STUN server that does not answer delays no call', async () => {
    const silent = createSocket('udp4').bind(0, webMediaAddress())
    await once(silent, 'listening')
    const { address, port } = silent.address()
    const dora = await openDora({
      credentials: `{ ice_servers: [{ urls: 'stun:${address}:${port}' }] }`,
    })
    await dora.act('start')
    await dora.untilRegistration('registered')
    const start = performance.now()
    await dora.act('dial', '1001')
    await dora.untilStates('outgoing active')
    // Chromium asks such a server for more than 9 s.
    expect(performance.now() - start).toBeLessThan(6_000)
    await dora.untilTone(ALICE)
    silent.close()
  })

  test('a browser without an address for media ends the call at once, and names the cause', async () => {
    // Media by TURN alone, and no TURN server: the same as a machine without a network.
    const dora = await openDora({ options: 'relayOnly: true' })
    await dora.act('start')
    await dora.untilRegistration('registered')
    const id = await dora.act('dial', '1001')
    await dora.untilStates()
    expect(await dora.card((card) => card.id === id)).toMatchObject({ error: 'no_network' })
  })

  test('credentials that the registrar refuses are fetched again', async () => {
    const dora = await openDora({
      credentials: `(window.fetched = (window.fetched ?? 0) + 1) === 1 ? { sip_password: 'expired' } : {}`,
    })
    await dora.act('start')
    await dora.untilRegistration('registered')
    expect(await dora.run('fetched')).toBe(2)
  })

  test('another microphone is sent without a new negotiation', async () => {
    await talkWithAlice()
    const sent = relay.sent().length
    const track = 'sound.connections.at(-1).getSenders()[0].track.id'
    const before = await carol.run(track)
    await carol.run(`navigator.mediaDevices.enumerateDevices().then((all) => phone.setDevices({
      microphone: all.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== 'default').at(-1).deviceId,
    }))`)
    expect(await carol.run(track)).not.toBe(before)
    expect((await tonesSentTo(asterisk, '1001', OWN))[0]).toBeGreaterThan(0.4)
    expect(relay.sent().length).toBe(sent)
    await carol.run('phone.setDevices({})')
  })

  test('without the microphone a call is not placed, and the phone goes on ringing', async () => {
    const dora = await openDora()
    await dora.run(
      `navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') }`,
    )
    await dora.act('start')
    await dora.untilRegistration('registered')
    await expect(dora.act('dial', '1001')).rejects.toThrow('microphone_denied')
    expect(await dora.snapshot()).toMatchObject({
      registration: { state: 'blocked', reason: 'microphone_denied' },
      calls: [],
    })
    await alice.dial('1900')
    await dora.untilStates('incoming ringing')
    await expect(dora.run(`phone.answer(phone.getSnapshot().calls[0].id)`)).rejects.toThrow(
      'microphone_denied',
    )
    expect(await dora.states()).toEqual(['incoming ringing'])
  })

  test('a page that is no secure context shows why it has no phone', async () => {
    const dora = await openDora({ url: page.insecureUrl })
    await dora.act('start')
    expect((await dora.snapshot()).registration).toEqual({ state: 'blocked', reason: 'insecure_context' })
    await expect(dora.act('dial', '1001')).rejects.toThrow('insecure_context')
  })

  test('the level meter shows the tone of a microphone', async () => {
    const level = await carol.run<number>(`openLevelMeter().then(async (meter) => {
      let most = 0
      for (let n = 0; n < 40; n += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        most = Math.max(most, meter.level())
      }
      meter.stop()
      return most
    })`)
    expect(level).toBeGreaterThan(0.02)
    expect(level).toBeLessThanOrEqual(1)
  })

  test('through Hookswitch itself: it registers and talks, and the end of its session ends all within a second', async () => {
    const stack = await startStack({
      env: {
        HOOKSWITCH_SIP_WS_UPSTREAM: `ws://127.0.0.1:${asterisk.ari.port}/ws`,
        HOOKSWITCH_WEB_ENDPOINT: '{extension}-web',
        HOOKSWITCH_ALLOWED_ORIGINS: new URL(page.url).origin,
      },
    })
    try {
      const { access: token } = await login(stack, 'admin')
      const tickets = async () =>
        (await requestJson(`${stack.base}/stream-tickets`, { method: 'POST', token })).body.ticket
      const dora = await openDora({
        credentials: `{ socket_path: '${stack.url}/api/v1/phone/socket' }`,
        ticket: tickets,
      })
      await dora.act('start')
      await dora.untilRegistration('registered')
      await dora.act('dial', '1001')
      await dora.untilTone(ALICE)
      const { sub, sid } = JSON.parse(atob(token.split('.')[1] ?? ''))
      await requestJson(`${stack.url}/api/v1/users/${sub}/sessions/${sid}`, { method: 'DELETE', token })
      const end = performance.now()
      await dora.untilRegistration('blocked')
      expect(performance.now() - end).toBeLessThan(1_000)
      expect((await dora.snapshot()).registration).toEqual({ state: 'blocked', reason: 'session_ended' })
      expect(await dora.states()).toEqual([])
      await waitUntil('the contact is gone', async () => (await contactsOf('1000')) === 0)
    } finally {
      await stack.stop()
    }
  })

  test('the log of the browser has no SIP and no error', async () => {
    expect(browser.consoleErrors().filter((text) => !/WebSocket/.test(text))).toEqual([])
    const sip = `['SIP/2.0', 'sip:', 'Digest'].some((word) => text.includes(word))`
    expect(await carol.run(`logged.filter((text) => ${sip})`)).toEqual([])
  })
})
