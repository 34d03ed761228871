import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type AsteriskServer, startAsterisk } from '../../support/asterisk.ts'
import { type BrowserPhone, registerBrowser } from '../../support/browser-phone.ts'
import { login, requestJson } from '../../support/http-client.ts'
import { startJssip } from '../../support/jssip-phone.ts'
import { type SipRequestFields, sipRequest } from '../../support/sip-messages.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

const PATHS = ['/api/v1/phone/socket', '/pbxcore/softphone/ws']
const OWN = '1003-WS'

let asterisk: AsteriskServer
let stack: Stack
beforeAll(async () => {
  asterisk = await startAsterisk({ webPhones: [OWN, '1001-WS', '1001-web', '1002-web'] })
  const { events, control } = asterisk.users
  stack = await startStack({
    env: {
      HOOKSWITCH_SIP_WS_UPSTREAM: `ws://127.0.0.1:${asterisk.ari.port}/ws`,
      HOOKSWITCH_WEB_ENDPOINT: '{extension}-WS',
      HOOKSWITCH_AMI_HOST: '127.0.0.1',
      HOOKSWITCH_AMI_PORT: String(asterisk.amiPort),
      HOOKSWITCH_AMI_EVENTS_SECRET: events.secret,
      HOOKSWITCH_AMI_CONTROL_SECRET: control.secret,
      HOOKSWITCH_DIAL_CONTEXT: 'internal',
      HOOKSWITCH_VOIP_ACCESS_TTL: '10',
    },
  })
})
afterAll(async () => {
  await stack?.stop()
  await asterisk?.stop()
})

const ticketFor = async (token: string) =>
  String((await requestJson(`${stack.base}/stream-tickets`, { method: 'POST', token })).body.ticket)
const socketUrl = (query: string, path = PATHS[0]) => `${stack.url.replace('http', 'ws')}${path}?${query}`
const contacts = () => asterisk.cli('pjsip show contacts')
const channels = () => asterisk.cli('core show channels count')
/** The channels that are up. */
const talking = async () =>
  (await asterisk.cli('core show channels concise')).split('\n').filter((line) => line.includes('!Up!'))
const claimsOf = (token: string) => JSON.parse(atob(token.split('.')[1] ?? ''))

async function enter(token: string, user = OWN, path = PATHS[0]): Promise<BrowserPhone> {
  const password = asterisk.secretOf('1003')
  return registerBrowser(socketUrl(`ticket=${await ticketFor(token)}`, path), { user, password })
}
const asUser3 = async () => (await login(stack, 'user3')).access

describe('a phone of the own extension', () => {
  test.each(PATHS)('registers at %s, and the PBX forgets its contact once the page is gone', async (path) => {
    const phone = await enter(await asUser3(), OWN, path)
    expect(phone.status).toBe(200)
    expect(await contacts()).toContain(`${OWN}/sip:`)
    phone.close()
    await waitUntil('the contact is gone', async () => !(await contacts()).includes(OWN))
  })

  test('JsSIP registers, gets the PBX’s calls unchanged, and its own requests are refused cleanly', async () => {
    const token = await asUser3()
    const phone = startJssip(socketUrl(`authorization=Bearer+${token}`), OWN, asterisk.secretOf('1003'))
    try {
      await new Promise((resolve) => phone.ua.once('registered', resolve))
      await asterisk.cli('module load res_clioriginate.so')
      await asterisk.cli(`channel originate PJSIP/${OWN} application Wait 5`)
      await waitUntil('the INVITE is here', () => phone.received.some((one) => one.startsWith('INVITE sip:')))
      await waitUntil('the PBX has its answer', () =>
        phone.received.some((one) => one.startsWith('ACK sip:')),
      )
      await waitUntil('the call is over', async () => (await channels()).includes('0 active channels'))

      const failed = await new Promise<object>((resolve) =>
        phone.ua.sendMessage('1001', 'hello', { eventHandlers: { failed: resolve } }),
      )
      expect(failed).toMatchObject({ originator: 'remote', cause: 'Rejected' })
    } finally {
      phone.stop()
    }
    await waitUntil('the contact is gone', async () => !(await contacts()).includes(OWN))
  })

  test('an ended session closes it with 4401 within a second, and its contact and its calls go with it', async () => {
    const [token, admin] = [await asUser3(), (await login(stack, 'admin')).access]
    const [phone, bystander] = [await enter(token), await enter((await login(stack)).access, '1001-WS')]
    expect([phone.status, bystander.status]).toEqual([200, 200])
    expect(await contacts()).toContain(OWN)
    await asterisk.cli('module load res_clioriginate.so')
    for (const answering of [phone, bystander]) answering.answerCalls()
    for (const user of [OWN, '1001-WS'])
      await asterisk.cli(`channel originate PJSIP/${user} application Wait 600`)
    await waitUntil('both are in a call', async () => (await talking()).length === 2)
    const { sub, sid } = claimsOf(token)
    const ended = requestJson(`${stack.url}/api/v1/users/${sub}/sessions/${sid}`, {
      method: 'DELETE',
      token: admin,
    }).then(() => performance.now())
    expect(await phone.closed).toBe(4401)
    expect(performance.now() - (await ended)).toBeLessThan(1_000)
    await waitUntil('the contact is gone', async () => !(await contacts()).includes(OWN), 2_000)
    await waitUntil('its call is over', async () => (await talking()).length === 1, 2_000)
    expect(await contacts()).toContain('1001-WS')
    expect(await talking()).toEqual([expect.stringContaining('PJSIP/1001-WS-')])
    bystander.close()
    await asterisk.cli('channel request hangup all')
  })

  async function endSession(token: string) {
    const { sub, sid } = claimsOf(token)
    const admin = (await login(stack, 'admin')).access
    await requestJson(`${stack.url}/api/v1/users/${sub}/sessions/${sid}`, { method: 'DELETE', token: admin })
  }
  const call = () => asterisk.cli(`channel originate PJSIP/${OWN} application Wait 600`)

  test('a session’s calls end with it, whatever its browser has sent, and those of its other sessions go on', async () => {
    await asterisk.cli('module load res_clioriginate.so')
    // It invents tags for a BYE.
    const [token, otherToken] = [await asUser3(), await asUser3()]
    const phone = await enter(token)
    phone.answerCalls()
    await call()
    await waitUntil('it is in a call', async () => (await talking()).length === 1)
    const [stays] = await talking()
    phone.sendForeignBye()
    phone.close()
    await phone.closed
    const other = await enter(otherToken)
    other.answerCalls()
    await call()
    await waitUntil('both are in a call', async () => (await talking()).length === 2)
    await endSession(token)
    await waitUntil('the call of the first is over', async () => (await talking()).length === 1, 2_000)
    expect(await talking()).not.toContain(stays)
    await sleep(1_500)
    expect(await talking()).toHaveLength(1)
    await endSession(otherToken)
    await waitUntil('no call is left', async () => (await talking()).length === 0, 2_000)
  })

  test('an answer with a changed CSeq closes the socket, and the PBX has no call', async () => {
    const token = await asUser3()
    const phone = await enter(token)
    phone.answerCalls((cseq) => `000${cseq}`)
    await call()
    expect(await phone.closed).toBe(1008)
    await endSession(token)
    await waitUntil('no channel is left', async () => (await channels()).includes('0 active channels'), 2_000)
  })

  test('a token that expires closes it, unless its streams are renewed', async () => {
    const voipLogin = async (username: string) =>
      String(
        (await requestJson(`${stack.url}/api/login`, { json: { username, password: 'password' } })).body
          .token,
      )
    let token = await voipLogin('user3')
    const [lasting, dying] = [await enter(token), await enter(await voipLogin('user1'), '1001-WS')]
    const end = performance.now() + 18_000
    while (performance.now() < end) {
      await sleep(4_000)
      token = String((await requestJson(`${stack.url}/api/refresh`, { method: 'POST', token })).body.token)
      const renewed = await requestJson(`${stack.base}/streams/renew`, { method: 'POST', token })
      expect(renewed.status).toBe(200)
    }
    expect(await dying.closed).toBe(4401)
    expect(lasting.socket.readyState).toBe(WebSocket.OPEN)
    lasting.close()
  })
})

describe('a stranger', () => {
  /** Opens the socket and sends; `answer` is the first frame, `code` of a close. */
  async function send(text: string) {
    const ws = new WebSocket(socketUrl(`ticket=${await ticketFor(await asUser3())}`), 'sip')
    const closed = new Promise<{ code: number }>((resolve) => ws.once('close', (code) => resolve({ code })))
    const answered = new Promise<{ answer: string }>((resolve) =>
      ws.once('message', (data) => resolve({ answer: String(data).split('\r\n')[0] ?? '' })),
    )
    ws.on('error', () => {})
    await new Promise((resolve) => ws.once('open', resolve))
    ws.send(text)
    const outcome = await Promise.race([closed, answered])
    ws.close()
    await closed
    return outcome
  }
  const own = (fields: SipRequestFields = {}) =>
    sipRequest({ from: `<sip:${OWN}@127.0.0.1>;tag=1`, to: `<sip:${OWN}@127.0.0.1>`, ...fields })

  test('reaches the PBX by none of the refused requests', async () => {
    const call = { method: 'INVITE', uri: 'sip:1001@127.0.0.1', to: '<sip:1001@127.0.0.1>' }
    const refused = { answer: expect.stringMatching(/^SIP\/2\.0 403 /) }
    expect(await send(own({ from: '<sip:1001-WS@127.0.0.1>;tag=1', to: '<sip:1001-WS@127.0.0.1>' }))).toEqual(
      refused,
    )
    expect(await send(own({ from: '<sip:1003@127.0.0.1>;tag=1', to: '<sip:1003@127.0.0.1>' }))).toEqual(
      refused,
    )
    expect(await send(own(call))).toEqual(refused)
    expect(await send(own({ ...call, method: 'SUBSCRIBE' }))).toEqual(refused)
    expect(await send(own({ more: ['P-Asserted-Identity: <sip:1000@127.0.0.1>'] }))).toEqual(refused)
    expect(await send(own({ contact: '<sip:x@10.0.0.1:5060>' }))).toEqual(refused)
    // The PBX knows no dialog of an invented tag.
    expect(await send(own({ ...call, to: '<sip:1001@127.0.0.1>;tag=invented' }))).toEqual({
      answer: expect.stringMatching(/^SIP\/2\.0 (?:401|403|481) /),
    })
    expect(await channels()).toContain('0 active channels')
    expect(await contacts()).not.toContain('sip:x@')
  })

  test('is closed for messages that are no SIP, too large, or too many', async () => {
    expect(await send('hello')).toEqual({ code: 1008 })
    expect(await send(own() + own())).toEqual({ code: 1008 })
    expect(await send(own({ more: ['Subject: a\nFrom: <sip:1001-WS@x>'] }))).toEqual({ code: 1008 })
    expect(await send(own({ body: 'x'.repeat(70_000) }))).toEqual({ code: 1009 })
    const ws = new WebSocket(socketUrl(`ticket=${await ticketFor(await asUser3())}`), 'sip')
    await new Promise((resolve) => ws.once('open', resolve))
    for (let n = 0; n < 2_000; n += 1) ws.send('\r\n')
    expect(await new Promise((resolve) => ws.once('close', resolve))).toBe(1008)
  })

  const handshakeStatus = (url: string, protocols: string[], headers = {}) =>
    new Promise((resolve) => {
      const ws = new WebSocket(url, protocols, { headers })
      ws.on('error', () => {})
      ws.once('open', () => {
        ws.terminate()
        resolve(101)
      })
      ws.once('unexpected-response', (req, res) => {
        req.destroy()
        resolve(res.statusCode)
      })
    })

  test.each(PATHS)('gets no socket at %s without what it needs', async (path) => {
    const token = await asUser3()
    const ticket = await ticketFor(token)
    expect(await handshakeStatus(socketUrl(`ticket=${ticket}`, path), ['sip'])).toBe(101)
    expect(await handshakeStatus(socketUrl(`ticket=${ticket}`, path), ['sip'])).toBe(401)
    expect(await handshakeStatus(socketUrl('', path), ['sip'])).toBe(401)
    const good = socketUrl(`authorization=${token}`, path)
    expect(await handshakeStatus(good, [])).toBe(400)
    expect(await handshakeStatus(good, ['sip'], { Origin: 'https://evil.example' })).toBe(403)
    expect(await handshakeStatus(good, ['sip'], { Origin: stack.url })).toBe(101)
    const { status, headers } = await requestJson(`${stack.url}${path}`, { token })
    expect([status, headers.get('upgrade')]).toEqual([426, 'websocket'])
    const posted = await requestJson(`${stack.url}${path}`, { method: 'POST', token })
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET'])
  })

  test('finds no way to the PBX’s own HTTP server', async () => {
    const token = await asUser3()
    for (const path of [
      '/ari/asterisk/info',
      '/ari/events',
      '/httpstatus',
      '/api/v1/phone/socket/../../../../ari',
    ])
      expect(await requestJson(`${stack.url}${path}`, { token })).toMatchObject({ status: 404 })
  })

  test('leaves no token, ticket or SIP password in a log', async () => {
    const logs = stack.logs()
    expect(logs).toContain('phone_socket_opened')
    expect(logs).not.toMatch(/ticket=|authorization=|response="/)
    expect(logs).not.toContain(asterisk.phoneSecret)
  })
})

describe('the PBX', () => {
  test('dials no number that a browser presses for a transfer, in spite of a global context for them', async () => {
    const register = (user: string) =>
      registerBrowser(asterisk.webSocketUrl, { user, password: asterisk.phoneSecret })
    const [caller, callee] = [await register('1002-web'), await register('1001-web')]
    for (const phone of [caller, callee]) phone.answerCalls()
    await asterisk.cli('dialplan set global TRANSFER_CONTEXT internal')
    await asterisk.cli('module load res_clioriginate.so')
    const leads = async (number: string) =>
      (await asterisk.cli('core show channels concise')).includes(`!internal!${number}!`)
    const inCall = async () => (await talking()).filter((line) => /^PJSIP\/100[12]-web-/.test(line)).length
    await asterisk.cli('channel originate Local/1002-web@hookswitch-ring extension 1001@internal')
    await waitUntil('both talk', async () => (await inCall()) === 2)
    for (const phone of [caller, callee]) {
      for (const digit of '#1630') {
        phone.pressDigit(digit)
        await sleep(200)
      }
      expect(await leads('630')).toBe(false)
    }
    // Longer than Asterisk waits for one more digit of either.
    await sleep(4_000)
    expect(await leads('630')).toBe(false)
    expect(await inCall()).toBe(2)
    await asterisk.cli('channel request hangup all')
    await waitUntil('all is over', async () => (await channels()).includes('0 active channels'))
    for (const phone of [caller, callee]) phone.close()
    await asterisk.cli('dialplan set global TRANSFER_CONTEXT ""')
  })

  test('closes with 1012 when it ends, and a new socket is 503 until it is back', async () => {
    const token = await asUser3()
    const phone = await enter(token)
    await asterisk.kill()
    expect(await phone.closed).toBe(1012)
    await expect(enter(token)).rejects.toThrow('503')
    await asterisk.restart()
    const again = await enter(token)
    expect(again.status).toBe(200)
    again.close()
  })
})
