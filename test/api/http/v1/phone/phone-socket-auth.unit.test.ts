import { connect as connectTcp } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tokenOf } from '../../voip/sample-data.ts'
import { type PhoneWorld, startPhoneFixture, withPhoneFixture } from './phone-fixture.ts'

const PATHS = ['/api/v1/phone/socket', '/pbxcore/softphone/ws']

describe('opening', () => {
  let world: PhoneWorld
  beforeAll(async () => {
    world = await startPhoneFixture()
  })
  afterAll(() => world.stop())
  const token = () => tokenOf(world.users.user3)
  const bearer = (text: string) => ({ headers: { Authorization: `Bearer ${text}` } })

  test.each(
    PATHS.flatMap((path) =>
      [
        ['in the header', (text: string) => ['', bearer(text)] as const],
        ['as ?authorization=', (text: string) => [`?authorization=${text}`, {}] as const],
        ['as ?authorization=Bearer+…', (text: string) => [`?authorization=Bearer+${text}`, {}] as const],
        ['as ?authorization=Bearer%20…', (text: string) => [`?authorization=Bearer%20${text}`, {}] as const],
      ].map(([where, put]) => [path, where, put] as const),
    ),
  )('%s accepts a token %s', async (path, _, put) => {
    const [query, options] = (put as (text: string) => readonly [string, object])(token())
    const client = world.connect(path + query, options, ['other', 'sip'])
    await new Promise((resolve) => client.ws.once('open', resolve))
    expect(client.ws.protocol).toBe('sip')
    client.ws.close()
    await client.closed
  })

  test('accepts a ticket once', async () => {
    world.tickets.set('once', world.claimsOf(world.users.user3))
    const client = world.connect(`${PATHS[0]}?ticket=once`)
    await new Promise((resolve) => client.ws.once('open', resolve))
    expect(await world.refused(`${PATHS[0]}?ticket=once`)).toMatchObject({
      status: 401,
      type: 'application/problem+json',
      body: { code: 'token_invalid' },
    })
    client.ws.close()
  })

  test('leaves a ticket usable if the handshake had another fault', async () => {
    world.tickets.set('saved', world.claimsOf(world.users.user3))
    await world.refused(`${PATHS[0]}?ticket=saved`, {}, [])
    await world.refused(`${PATHS[0]}?ticket=saved`, { origin: 'https://evil.example' })
    expect(world.tickets.has('saved')).toBe(true)
  })

  test.each([
    ['no token', () => [], 401],
    ['nonsense', () => [`${PATHS[0]}?authorization=a.b.c`], 401],
    ['two different tokens', () => [`${PATHS[0]}?authorization=a.b.c`, bearer(token())], 401],
    ['?token=', () => [`${PATHS[0]}?token=${token()}`], 401],
    ['a link', () => [`${PATHS[0]}?link=a.b.c`], 401],
    [
      'a refresh token',
      () => [PATHS[0], bearer(tokenOf(world.users.user3, { header: { typ: 'rt+jwt' } }))],
      403,
    ],
    [
      'a token without an extension',
      () => [PATHS[0], bearer(tokenOf(world.users.user3, { claims: { extension: undefined } }))],
      403,
    ],
    ['no subprotocol', () => [PATHS[0], bearer(token()), []], 400],
    ['another subprotocol', () => [PATHS[0], bearer(token()), ['voip']], 400],
    ['another path', () => ['/api/v1/phone/sockets', bearer(token())], 404],
    ['a page of another host', () => [PATHS[0], { ...bearer(token()), origin: 'https://evil.example' }], 403],
    ['a page with the origin null', () => [PATHS[1], { ...bearer(token()), origin: 'null' }], 403],
  ] as [string, () => Parameters<PhoneWorld['refused']>, number][])('refuses %s', async (_, ask, status) => {
    const before = world.pbx.handshakes.length
    expect(await world.refused(...ask())).toMatchObject({ status, type: 'application/problem+json' })
    expect(world.pbx.handshakes).toHaveLength(before)
  })

  test.each([
    ['of the same host', () => `http://127.0.0.1:${world.port}`],
    ['of a host in the settings', () => 'https://phones.example.org'],
  ])('accepts a page %s', async (_, origin) => {
    const client = world.connect(PATHS[0], { ...bearer(token()), origin: origin() })
    await new Promise((resolve, reject) => client.ws.once('open', resolve).once('error', reject))
    client.ws.close()
    await client.closed
  })

  test('asks the PBX without the token, the cookie or the origin', async () => {
    const client = await world.enter(world.users.user3, token(), { origin: 'https://phones.example.org' })
    const { headers, url } = world.pbx.handshakes.at(-1) ?? {}
    expect(url).toBe('/ws')
    expect(Object.keys(headers ?? {}).sort()).toEqual([
      'connection',
      'host',
      'sec-websocket-key',
      'sec-websocket-protocol',
      'sec-websocket-version',
      'upgrade',
    ])
    client.ws.close()
  })

  test('a malformed handshake leaves no connection to the PBX', async () => {
    const before = world.pbx.phones.length
    const raw = connectTcp(world.port, '127.0.0.1')
    raw.write(
      `GET ${PATHS[0]} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: short\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\nAuthorization: Bearer ${token()}\r\n\r\n`,
    )
    await expect.poll(() => world.pbx.phones.length).toBe(before + 1)
    expect(await world.pbx.phones.at(-1)?.closed).toBe(1006)
    raw.destroy()
  })

  test('writes no token and no ticket to the log', async () => {
    await world.refused(`${PATHS[0]}?authorization=${token()}`, {}, [])
    expect(world.lines.length).toBeGreaterThan(0)
    expect(world.lines.join()).not.toContain(token().slice(-20))
  })

  test('without a setting it is 501, and with a PBX that is away 503', async () => {
    await withPhoneFixture(
      async (none) => {
        const refusal = await none.refused(PATHS[0], bearer(tokenOf(none.users.user3)))
        expect(refusal).toMatchObject({ status: 501, body: { code: 'not_supported' } })
      },
      { upstreamUrl: undefined },
    )
    await withPhoneFixture(
      async (away) => {
        const refusal = await away.refused(PATHS[0], bearer(tokenOf(away.users.user3)))
        expect(refusal).toMatchObject({ status: 503, body: { code: 'unavailable' } })
      },
      { upstreamUrl: 'ws://127.0.0.1:9/ws' },
    )
  })
})
