import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AsteriskServer, startAsterisk, whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { requestJson, type SseSubscription } from '../../support/http-client.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { extensionStateOf, loginV1Client } from '../../support/v1-client.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'on a real Asterisk, %s' : `%s (skipped: ${missing})`

const PROVISIONERS: readonly [string, (asterisk: AsteriskServer) => Record<string, string>][] = [
  [
    'by ARI',
    ({ ari }) => ({
      HOOKSWITCH_PROVISIONER: 'asterisk',
      HOOKSWITCH_ARI_URL: `http://127.0.0.1:${ari.port}`,
      HOOKSWITCH_ARI_USER: ari.username,
      HOOKSWITCH_ARI_PASSWORD: ari.secret,
      HOOKSWITCH_ARI_CONTEXT: 'internal',
      HOOKSWITCH_ARI_CODECS: 'ulaw,alaw',
    }),
  ],
  [
    'by pjsip_wizard.conf',
    ({ users }) => ({
      HOOKSWITCH_PROVISIONER: 'asterisk-wizard',
      HOOKSWITCH_AMI_CONFIG_USER: users.config.username,
      HOOKSWITCH_AMI_CONFIG_SECRET: users.config.secret,
    }),
  ],
]

describe.skipIf(missing !== undefined).each(PROVISIONERS)(title, (_, settingsOf) => {
  let asterisk: AsteriskServer
  let stack: Stack
  let presence: SseSubscription
  const phones: Phone[] = []

  beforeAll(async () => {
    asterisk = await startAsterisk({ withConfigUser: true })
    const { events, control } = asterisk.users
    stack = await startStack({
      env: {
        HOOKSWITCH_AMI_HOST: '127.0.0.1',
        HOOKSWITCH_AMI_PORT: String(asterisk.amiPort),
        HOOKSWITCH_AMI_EVENTS_SECRET: events.secret,
        HOOKSWITCH_AMI_CONTROL_SECRET: control.secret,
        HOOKSWITCH_DIAL_CONTEXT: 'internal',
        ...settingsOf(asterisk),
        HOOKSWITCH_EXTENSIONS: '1001-1199',
        HOOKSWITCH_SIP_DOMAIN: '127.0.0.1',
        HOOKSWITCH_SIP_PORT: String(asterisk.sipPort),
      },
    })
    presence = await (await loginV1Client(stack, 'admin')).follow('users-state')
  })
  afterAll(async () => {
    presence?.close()
    await Promise.all(phones.map((phone) => phone.stop()))
    await stack?.stop()
    await asterisk?.stop()
  })

  const person = { email: 'usuario@ejemplo.com', password: 'secreto123' }
  const credentialsOf = async () => {
    const { token } = await loginV1Client(stack, person.email, person.password)
    return (await requestJson(`${stack.url}/sip/credentials`, { token })).body
  }
  const phoneOf = async (extension: string, secret: string) => {
    const phone = await startPhone({ ...asterisk, secretOf: () => secret }, extension, { answer: 'auto' })
    phones.push(phone)
    return phone
  }

  test('after one request a phone can register, be called and call, and its state is published', async () => {
    const { status, body } = await requestJson(`${stack.url}/auth/register`, { json: person })
    // 1001 to 1003 are the demo's.
    expect([status, body]).toMatchObject([201, { sip_extension: '1004', is_active: true }])
    const { username, password, domain, port, transport } = await credentialsOf()
    expect([username, domain, port, transport]).toEqual(['1004', '127.0.0.1', asterisk.sipPort, 'udp'])

    const mine = await phoneOf(String(username), String(password))
    await waitUntil('its state is Idle', () => extensionStateOf(presence, '1004') === 'Idle')
    const theirs = await phoneOf('1001', asterisk.phoneSecret)
    await theirs.dial('1004')
    await waitUntil('both talk', () => mine.state() === 'up' && theirs.state() === 'up')
    await waitUntil('its state is Up', () => extensionStateOf(presence, '1004') === 'Up')
    await theirs.hangup()
    await waitUntil('both are idle', () => mine.state() === 'idle' && theirs.state() === 'idle')

    const caller = await loginV1Client(stack, person.email, person.password)
    await caller.dial('1001')
    await waitUntil('both talk', () => mine.state() === 'up' && theirs.state() === 'up')
    await mine.hangup()
    await waitUntil('both are idle', () => mine.state() === 'idle' && theirs.state() === 'idle')
  })

  test('a number that exists on the PBX is skipped and not changed', async () => {
    // 1003 is a phone of pjsip.conf; after this no account has its number.
    const admin = await loginV1Client(stack, 'admin')
    const users = await requestJson(`${stack.url}/protected/admin/users`, { token: admin.token })
    const user3 = (users.body.users as { id: number; username: string }[]).find(
      ({ username }) => username === 'user3',
    )
    await requestJson(`${stack.url}/protected/admin/users/${user3?.id}`, {
      method: 'DELETE',
      token: admin.token,
    })
    const json = { email: 'otra@ejemplo.com', password: 'secreto123' }
    const { body } = await requestJson(`${stack.url}/auth/register`, { json })
    expect(body).toMatchObject({ sip_extension: '1005', is_active: true })
    expect((await phoneOf('1003', asterisk.phoneSecret)).registered).toBe(true)
  })

  test('a phone cannot register after an admin has deleted its user', async () => {
    const { username, password } = await credentialsOf()
    await Promise.all(phones.splice(0).map((phone) => phone.stop()))
    const admin = await loginV1Client(stack, 'admin')
    const found = await requestJson(`${stack.url}/protected/users/${username}`, { token: admin.token })
    const { id } = found.body.user as { id: number } // the document's shape
    await requestJson(`${stack.url}/protected/admin/users/${id}`, { method: 'DELETE', token: admin.token })
    // The PBX is updated within some seconds.
    await waitUntil('its phone is refused', async () => {
      const phone = await phoneOf(String(username), String(password)).catch(() => undefined)
      await phone?.stop()
      return phone === undefined
    })
  })

  test('a user whom an administrator adds gets a new extension that a phone registers with', async () => {
    const admin = await loginV1Client(stack, 'admin')
    const json = { username: 'ines', password: 'secreto123', create_extension: true }
    const { status, body } = await admin.request('/users', { json })
    expect([status, body]).toMatchObject([201, { pending_extension: null }])
    const { token } = await loginV1Client(stack, 'ines', 'secreto123')
    const { username, password } = (await requestJson(`${stack.url}/sip/credentials`, { token })).body
    expect(username).toBe(body.extension)
    await phoneOf(String(username), String(password))
    await waitUntil('its state is Idle', () => extensionStateOf(presence, String(username)) === 'Idle')
  })

  test('no log holds a secret', async () => {
    for (const { secret } of [asterisk.ari, asterisk.users.config]) expect(stack.logs()).not.toContain(secret)
    expect(stack.logs()).not.toContain(person.password)
  })
})
