import { describe, expect, test } from 'vitest'
import { actorOf } from '../../api/core/actor.ts'
import { createMediaLinks, MAX_LINK_MINUTES } from '../../api/core/auth/media-links.ts'
import { type FindReach, reachForRole } from '../../api/core/auth/supervisor-reach.ts'
import { createTokens } from '../../api/core/auth/tokens.ts'
import type { Role } from '../../contract/claims.ts'
import { createRevocationCache } from '../../contract/revocation-cache.ts'
import { createTokenVerifier } from '../../contract/verdict.ts'
import { createGate } from '../../sidecar/gate.ts'
import { mint, newKey } from '../contract/mint-token.ts'

const nowS = 1_750_000_000
const key = newKey('HS256', 'hs256-a')

const ofRole =
  (role: Role): FindReach =>
  async () =>
    reachForRole({ role, team: null }, 'team')

/** An API that issues links, and a gate that accepts them. */
function setUp({
  role = 'user' as Role,
  reachOf = ofRole(role),
  claims = {},
  longestLifetime: maxTokenLifetimeS = 86_400,
} = {}) {
  const cache = createRevocationCache()
  cache.markFresh(0, 0)
  const tokenVerifier = createTokenVerifier({
    keyring: { find: () => key, onChange: () => {} },
    revocations: cache,
    now: () => nowS * 1000,
    monotonic: () => 0,
    maxStalenessMs: 5_000,
    maxTokenLifetimeS,
    cacheSize: 10,
  })
  const gate = createGate({
    canHoldStreams: () => true,
    tokenVerifier,
    // No stream is opened here.
    streams: {} as Parameters<typeof createGate>[0]['streams'],
    redeemTicket: async () => undefined,
  })
  const tokens = createTokens({
    keyring: { signing: () => ({ ...key, createdAtMs: 0 }) },
    algorithm: 'HS256',
    now: () => nowS * 1000,
    issuingSince: () => 0,
  })
  const links = createMediaLinks({
    tokens,
    reachOf,
    now: () => nowS * 1000,
    longestLifetime: maxTokenLifetimeS,
  })
  const verdict = tokenVerifier.verify(mint(key, nowS, { claims: { role, ...claims } }), 'access')
  if (!verdict.ok) throw new Error('the token is valid')
  const open = (path: string, query: string) =>
    gate.checkMediaAccess({ 'x-hs-target': `GET ${path}`, 'x-hs-query': query }).status
  return { links, cache, actor: actorOf(verdict.claims), open }
}
const queryOf = (url: string) => url.split('?')[1] ?? ''

describe('a media link is valid for', () => {
  test.each([
    ['three hours, as long as a long recording plays', {}, 180, 10_800],
    ['a day', {}, MAX_LINK_MINUTES, 86_400],
    ['no longer than its session', { sxp: nowS + 5_000 }, 180, 5_000],
    ['the requested time in a session that ends later', { sxp: nowS + 5_000 }, 10, 600],
  ])('%s', async (_, claims, minutes, seconds) => {
    const { links, actor, open } = setUp({ claims })
    const { url, expiresAt } = await links.issue(actor, '1001/call.wav', minutes)
    expect(expiresAt - nowS).toBe(seconds)
    expect(open('1001/call.wav', queryOf(url))).toBe(204)
  })
})

describe('a link to a file outside one’s own folder', () => {
  test('is issued for a recording that the caller has authorized, and opens that file alone', async () => {
    const { links, actor, open } = setUp()
    const { url, expiresAt } = await links.issueForRecording(actor, '2026/01/call.wav', 10)
    expect(url).toMatch(/^\/media\/2026\/01\/call\.wav\?link=/)
    expect(expiresAt).toBe(nowS + 600)
    expect(open('2026/01/call.wav', queryOf(url))).toBe(204)
    expect(open('2026/01/other.wav', queryOf(url))).toBe(403)
    expect(open('2026/01/call.wav/x', queryOf(url))).toBe(403)
    expect(open('1001/call.wav', queryOf(url))).toBe(403)
  })

  test('is not issued for a path that a user names', async () => {
    const { links, actor } = setUp()
    await expect(links.issue(actor, '2026/01/call.wav', 10)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(links.issue(actor, '1001/call.wav', 10)).resolves.toBeDefined()
  })

  test('is not issued to a supervisor who is limited to a team, although their older token has no reach', async () => {
    const { links, actor } = setUp({
      role: 'supervisor',
      reachOf: async () => ({ over: 'team', team: 'sales' }),
    })
    expect(actor.claims.reach).toBeUndefined()
    await expect(links.issue(actor, '1002/call.wav', 10)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(links.issue(actor, '1001/call.wav', 10)).resolves.toBeDefined()
    await expect(links.issueForRecording(actor, '1002/call.wav', 10)).resolves.toBeDefined()
  })

  test('ends with its session', async () => {
    const { links, actor, open, cache } = setUp()
    const { url } = await links.issueForRecording(actor, '2026/call.wav', 10)
    cache.add({ kind: 'sid', key: actor.sessionId, generation: 0, until: nowS + 3_600 })
    expect(open('2026/call.wav', queryOf(url))).toBe(401)
  })

  test('is not valid for longer than the maximum lifetime of a token', async () => {
    const { links, actor, open } = setUp({ longestLifetime: 3_600 })
    const { url, expiresAt } = await links.issueForRecording(actor, '2026/call.wav', 600)
    expect(expiresAt).toBe(nowS + 3_600)
    expect(open('2026/call.wav', queryOf(url))).toBe(204)
  })

  test.each([
    ['a hidden file', '.secrets/call.wav', 'forbidden'],
    ['a file in a hidden folder', '2026/.trash/call.wav', 'forbidden'],
    ['a path that climbs', '../call.wav', 'input_invalid'],
    ['a path from the root', '/etc/passwd', 'input_invalid'],
  ])('is not issued to any user for %s', async (_, path, code) => {
    const { links, actor } = setUp({ role: 'admin' })
    await expect(links.issueForRecording(actor, path, 10)).rejects.toMatchObject({ code })
    await expect(links.issue(actor, path, 10)).rejects.toMatchObject({ code })
  })

  test.each([
    ['to a file opens it', 'call.wav', { path: 'call.wav' }, 'ml+jwt', 'link', 204],
    ['to a hidden file opens nothing', '.x/call.wav', { path: '.x/call.wav' }, 'ml+jwt', 'link', 403],
    ['without a file opens nothing', 'call.wav', {}, 'ml+jwt', 'link', 403],
    ['that is an access token opens nothing', 'call.wav', { path: 'call.wav' }, 'at+jwt', 'link', 403],
    [
      'sent as an access token opens nothing',
      'call.wav',
      { path: 'call.wav' },
      'ml+jwt',
      'authorization',
      403,
    ],
  ])('%s', (_, path, claims, typ, name, status) => {
    const { open } = setUp()
    const token = mint(key, nowS, { header: { typ }, claims: { ...claims, role: 'admin' } })
    expect(open(path, `${name}=${token}`)).toBe(status)
  })
})

test('a token that limits its supervisor to a team opens their own folder alone', () => {
  const { open } = setUp()
  const token = mint(key, nowS, { claims: { role: 'supervisor', reach: 'team' } })
  expect(open('1001/call.wav', `authorization=${token}`)).toBe(204)
  expect(open('1002/call.wav', `authorization=${token}`)).toBe(403)
  const unbounded = mint(key, nowS, { claims: { role: 'supervisor' } })
  expect(open('1002/call.wav', `authorization=${unbounded}`)).toBe(204)
  const odd = mint(key, nowS, { claims: { role: 'supervisor', reach: 'all' } })
  expect(open('1001/call.wav', `authorization=${odd}`)).toBe(401)
})

test('an access token with a path opens the user’s own folder alone', () => {
  const { open } = setUp()
  const token = mint(key, nowS, { claims: { path: '2026/call.wav' } })
  expect(open('1001/call.wav', `authorization=${token}`)).toBe(204)
  expect(open('2026/call.wav', `authorization=${token}`)).toBe(403)
})
