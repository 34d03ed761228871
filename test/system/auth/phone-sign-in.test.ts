import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRegisterVerifier } from '../../../api/sip-auth/register-verifier.ts'
import { type AsteriskServer, startAsterisk, whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { login, requestJson } from '../../support/http-client.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { runHookswitch } from '../../support/run-hookswitch.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const missing = await whyAsteriskUnavailable()
const ENV = { HOOKSWITCH_PHONE_SIGN_IN: 'register' }
const EVERYWHERE = 5

let asterisk: AsteriskServer
let stack: Stack
let phone: Phone
beforeAll(async () => {
  if (missing !== undefined) return
  asterisk = await startAsterisk({ sha256Phone: true })
  stack = await startStack({
    env: { ...ENV, HOOKSWITCH_PHONE_SIGN_IN_SERVER: `sip:127.0.0.1:${asterisk.sipPort};transport=udp` },
  })
  phone = await startPhone(asterisk, '1001')
  for (const name of ['user1', '201']) expect(await authority(name, 'phone')).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await phone?.stop()
  await stack?.stop()
  await asterisk?.stop()
})

const authority = (name: string, place: string, input = '') =>
  runHookswitch(stack.data, ['users', 'authority', name, place], { env: ENV, input })

/** What the sign-in of each surface answers. */
async function statusesOf(username: string, password: string): Promise<number[]> {
  const replies = await Promise.all([
    requestJson(`${stack.base}/auth/login`, { json: { username, password } }),
    requestJson(`${stack.url}/pbxcore/api/v3/auth:login`, { json: { login: username, password } }),
    requestJson(`${stack.url}/api/login`, { json: { username, password } }),
    requestJson(`${stack.url}/auth/login`, { json: { email: username, password } }),
    requestJson(`${stack.url}/api/auth/login`, { json: { username, password } }),
  ])
  return replies.map(({ status }) => status)
}
const each = (status: number) => Array<number>(EVERYWHERE).fill(status)

/** Without the round trip, which changes by itself. */
const contacts = async () =>
  (await asterisk.cli('pjsip show contacts')).split('\n').map((line) => line.replace(/\s+[\d.nan]+\s*$/, ''))

test.skipIf(missing !== undefined).each(['1001', 'user1', 'USER1@example.org'])(
  'a person signs in by the name %s with the secret of the phone on every surface, and the phone stays registered',
  async (name) => {
    const before = await contacts()
    expect(before.join()).toContain('1001/sip:')
    expect(await statusesOf(name, asterisk.phoneSecret)).toEqual(each(200))
    expect(await contacts()).toEqual(before)
    expect(phone.registered).toBe(true)
  },
)

test.skipIf(missing !== undefined).each([
  ['the password that was stored before', 'user1', () => 'password'],
  ['the secret of another phone', 'user1', () => asterisk.secretOf('201')],
  ['another phone’s secret at that account', '201', () => asterisk.phoneSecret],
  ['the secret of the phone, for an account with a local password', 'user2', () => asterisk.phoneSecret],
  ['a secret in another case', 'user1', () => asterisk.phoneSecret.toUpperCase()],
])('%s is refused on every surface', async (_, name, secret) => {
  expect(await statusesOf(name, secret())).toEqual(each(401))
})

test.skipIf(missing !== undefined)('a disabled account is refused with the right secret', async () => {
  await runHookswitch(stack.data, ['users', 'disable', '201'])
  expect(await statusesOf('201', asterisk.secretOf('201'))).toEqual(each(401))
  await runHookswitch(stack.data, ['users', 'enable', '201'])
  expect(await statusesOf('201', asterisk.secretOf('201'))).toEqual(each(200))
})

test.skipIf(missing !== undefined)(
  'a PBX that is away is 503 on every surface and ends no session; others sign in, and all do once it is back',
  async () => {
    const { access } = await login(stack, '1001', asterisk.phoneSecret)
    await asterisk.kill()
    expect(await statusesOf('1001', asterisk.phoneSecret)).toEqual(each(503))
    expect(await statusesOf('1001', 'wrong')).toEqual(each(503))
    expect(await statusesOf('user2', 'password')).toEqual(each(200))
    expect(await requestJson(`${stack.url}/api/v1/me`, { token: access })).toMatchObject({ status: 200 })
    await asterisk.restart()
    expect(await statusesOf('1001', asterisk.phoneSecret)).toEqual(each(200))
  },
)

test.skipIf(missing !== undefined).each([
  ['MD5 over UDP', '1001', 'udp'],
  ['MD5 over TCP', '1001', 'tcp'],
  ['SHA-256 over UDP', '1006', 'udp'],
  ['SHA-256 over TCP', '1006', 'tcp'],
] as const)('Asterisk verifies %s', async (_, extension, transport) => {
  const { matches } = createRegisterVerifier({
    server: { host: 'localhost', port: asterisk.sipPort, transport },
    domain: '127.0.0.1',
    usernameOf: (one) => one,
  })
  const tries = [asterisk.phoneSecret, 'wrong', asterisk.phoneSecret]
  expect(await Promise.all(tries.map((secret) => matches(extension, secret)))).toEqual([true, false, true])
  expect(await matches('9999', asterisk.phoneSecret)).toBe(false)
})

test.skipIf(missing !== undefined)('with a local password again, the secret opens nothing', async () => {
  expect(await authority('201', 'local', 'correct horse battery\n')).toMatchObject({ code: 0 })
  expect(await statusesOf('201', asterisk.secretOf('201'))).toEqual(each(401))
  expect(await statusesOf('201', 'correct horse battery')).toEqual(each(200))
})

test.skipIf(missing !== undefined)('no log holds a secret', () => {
  // That of 201 is printed at the start of every demo.
  expect(stack.logs().includes(asterisk.phoneSecret)).toBe(false)
})
