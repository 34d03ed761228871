import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { requestJson } from '../../support/http-client.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { waitUntil } from '../../support/stack.ts'
import { startTelephony, type Telephony } from '../../support/telephony.ts'
import { openVoipSocket, type VoipSocketClient } from '../../support/voip-socket.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'the VoIP surface' : `the VoIP surface (skipped: ${missing})`

describe.skipIf(missing !== undefined)(`${title} on a real PBX`, () => {
  let telephony: Telephony
  let alice: string
  let bob: string
  let phone1: Phone
  let phone2: Phone
  let sockets: { alice: VoipSocketClient; bob: VoipSocketClient }

  beforeAll(async () => {
    telephony = await startTelephony()
    const { stack, asterisk } = telephony
    ;[alice, bob] = await Promise.all([login('user1'), login('user2')])
    ;[phone1, phone2] = await Promise.all([
      startPhone(asterisk, '1001', { answer: 'auto' }),
      startPhone(asterisk, '1002', { answer: 'manual' }),
    ])
    sockets = {
      alice: await openVoipSocket(stack, '1001', alice),
      bob: await openVoipSocket(stack, '1002', bob),
    }
    await waitUntil(
      'Bob’s softphone is connected',
      async () => (await get('/api/v1/capabilities', bob)).body.softphone_listens === true,
    )
  })
  afterEach(async () => {
    await Promise.all([phone1.hangup(), phone2.hangup()])
    await waitUntil('both phones are idle', () => [phone1, phone2].every((phone) => phone.state() === 'idle'))
    await waitUntil(
      'no call is active',
      async () => (await get('/protected/call/active', alice)).body.count === 0,
    )
  })
  afterAll(async () => {
    for (const socket of Object.values(sockets ?? {})) socket.close()
    await Promise.all([phone1, phone2].map((phone) => phone?.stop()))
    await telephony?.stop()
  })

  const login = async (username: string) =>
    String(
      (await requestJson(`${telephony.stack.url}/api/login`, { json: { username, password: 'password' } }))
        .body.token,
    )
  const get = (path: string, token: string) => requestJson(`${telephony.stack.url}${path}`, { token })
  const post = (path: string, token: string, json: object) =>
    requestJson(`${telephony.stack.url}/protected/call/${path}`, { token, json })
  const initiate = async () => {
    const { status, body } = await post('initiate', alice, { target_extension: '1002' })
    expect([status, body]).toEqual([
      200,
      {
        success: true,
        message: 'Call initiated',
        channel: expect.any(String),
        caller: '1001',
        callee: '1002',
      },
    ])
    return String(body.channel)
  }
  /** The next message of a type about this call. */
  async function nextOfCall(socket: VoipSocketClient, type: string, channel: string) {
    for (;;) {
      const message = await socket.next(type)
      if (message.channel === channel) return message
    }
  }

  test('a call is initiated, answered by command, listed, ended and logged; both parties get its events', async () => {
    const channel = await initiate()
    expect(await nextOfCall(sockets.bob, 'incoming_call', channel)).toMatchObject({
      caller: '1001',
      callee: '1002',
      status: 'ringing',
      transport: 'sip',
    })
    const answering = post('answer', bob, { channel })
    expect(await nextOfCall(sockets.bob, 'command', channel)).toMatchObject({ status: 'answer' })
    await phone2.accept()
    expect(await answering).toMatchObject({ status: 200, body: { success: true, channel } })
    for (const socket of [sockets.alice, sockets.bob]) {
      expect(await nextOfCall(socket, 'call_answered', channel)).toMatchObject({ status: 'up' })
    }
    expect((await get('/protected/call/active', bob)).body).toMatchObject({ success: true, count: 1 })
    const hungUp = await post('hangup', alice, { channel })
    expect(hungUp).toMatchObject({ status: 200, body: { channel, duration: expect.any(Number) } })
    for (const socket of [sockets.alice, sockets.bob]) {
      expect(await nextOfCall(socket, 'call_ended', channel)).toMatchObject({ status: 'answered' })
    }
    for (const token of [alice, bob]) {
      await waitUntil('the call is logged', async () =>
        JSON.stringify((await get('/protected/call/logs', token)).body.logs).includes(channel),
      )
    }
  })

  test('answer_call and hangup work over the socket', async () => {
    const channel = await initiate()
    await nextOfCall(sockets.bob, 'incoming_call', channel)
    sockets.bob.send({ type: 'answer_call', channel })
    await nextOfCall(sockets.bob, 'command', channel)
    await phone2.accept()
    await nextOfCall(sockets.alice, 'call_answered', channel)
    sockets.bob.send({ type: 'hangup', channel })
    expect(await nextOfCall(sockets.alice, 'call_ended', channel)).toMatchObject({ status: 'answered' })
    await waitUntil('his phone is idle', () => phone2.state() === 'idle')
  })

  test('a rejected call ends with its reason for both parties', async () => {
    const channel = await initiate()
    await nextOfCall(sockets.bob, 'incoming_call', channel)
    await phone2.reject()
    expect(await nextOfCall(sockets.alice, 'call_ended', channel)).toMatchObject({ status: 'busy' })
    expect(await nextOfCall(sockets.bob, 'call_ended', channel)).toMatchObject({ status: 'busy' })
  })

  test('other users cannot find or control the call', async () => {
    const channel = await initiate()
    await nextOfCall(sockets.bob, 'incoming_call', channel)
    const stranger = await login('user3')
    for (const path of ['answer', 'hangup'])
      expect(await post(path, stranger, { channel })).toMatchObject({ status: 404 })
    expect((await get('/protected/call/active', stranger)).body.count).toBe(0)
  })
})
