import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import { Claims } from '../../contract/claims.ts'
import { createRevocationCache } from '../../contract/revocation-cache.ts'
import { createTokenVerifier } from '../../contract/verdict.ts'
import { createGate } from '../../sidecar/gate.ts'
import type { StreamAdmission } from '../../sidecar/stream-registry.ts'
import { mint, newKey, validClaims } from '../contract/mint-token.ts'

const nowS = 1_750_000_000
const key = newKey('HS256', 'hs256-a')
const CONN = 'c3'.repeat(16)
const COHORT = 'd4'.repeat(16)
const access = (claims = {}) => `Bearer ${mint(key, nowS, { claims })}`
const refresh = `Bearer ${mint(key, nowS, { header: { typ: 'rt+jwt' } })}`
const UNAVAILABLE = { status: 503, code: 'cannot_judge', headers: { 'Retry-After': '1' } }
const challenge = (error = '') => ({ 'WWW-Authenticate': `Bearer realm="hookswitch"${error}` })
const invalidToken = challenge(', error="invalid_token"')

/** A gate that grants everything that a token allows, but for the settings. */
function setUp({
  ticketClaims = {} as Record<string, unknown> | null | Error,
  canHoldStreams = true,
  hasRoom = true,
  isStale = false,
} = {}) {
  const revocations = createRevocationCache()
  if (!isStale) revocations.markFresh(0, 0)
  const admitted: StreamAdmission[] = []
  const redeemed: string[] = []
  const gate = createGate({
    tokenVerifier: createTokenVerifier({
      keyring: { find: () => key, onChange: () => {} },
      revocations,
      now: () => nowS * 1000,
      monotonic: () => 0,
      maxStalenessMs: 5_000,
      maxTokenLifetimeS: 3_600,
      cacheSize: 10,
    }),
    streams: {
      cohort: () => COHORT,
      admit(admission: StreamAdmission) {
        if (hasRoom) admitted.push(admission)
        return hasRoom
      },
    } as Parameters<typeof createGate>[0]['streams'], // the gate calls these two alone
    canHoldStreams: () => canHoldStreams,
    async redeemTicket(ticket) {
      redeemed.push(ticket)
      if (ticketClaims instanceof Error) throw ticketClaims
      return ticketClaims === null ? undefined : Claims.parse({ ...validClaims(nowS), ...ticketClaims })
    },
  })
  const media = (target: string, headers: IncomingHttpHeaders = { authorization: access() }) =>
    gate.checkMediaAccess({ 'x-hs-target': target, ...headers })
  const channel = async (target: string, headers: IncomingHttpHeaders = { authorization: access() }) =>
    gate.checkChannelAccess({
      'x-hs-target': target,
      'x-hs-request-id': CONN,
      'x-hs-instance': '2',
      ...headers,
    })
  return { media, channel, admitted, redeemed, revocations }
}

describe('gate, for a file', () => {
  it.each(['GET 1001/a.wav', 'HEAD 1001/2026/a b.wav', 'GET 1001/f\u00c3\u00bcr.wav'])(
    'grants a user their own file: %s',
    (target) => {
      expect(setUp().media(target)).toEqual({ status: 204, code: 'ok' })
    },
  )

  it.each([
    ["another user's file", 'GET 1002/a.wav'],
    ['a hidden file', 'GET 1001/.a.wav'],
    ['a file in a hidden folder', 'GET 1001/.trash/a.wav'],
    ['the folder itself', 'GET 1001/'],
    ['a path that is not UTF-8', 'GET 1001/\u00ff.wav'],
    ['another method', 'POST 1001/a.wav'],
    ['a method in lower case', 'get 1001/a.wav'],
    ['a target without a path', 'GET '],
    ['a target without a method', ' 1001/a.wav'],
    ['an empty target', ''],
  ])('denies %s', (_, target) => {
    expect(setUp().media(target)).toEqual({ status: 403, code: 'forbidden' })
  })

  it('denies an admin hidden files, and grants them all others', () => {
    const headers = { authorization: access({ role: 'admin' }) }
    expect(setUp().media('GET 1002/.a.wav', headers).status).toBe(403)
    expect(setUp().media('GET 1002/a.wav', headers).status).toBe(204)
  })

  it.each<[string, IncomingHttpHeaders, object]>([
    ['no credential', {}, { status: 401, code: 'token_missing', headers: challenge() }],
    [
      'a malformed header',
      { authorization: 'Bearer' },
      { status: 401, code: 'malformed', headers: invalidToken },
    ],
    [
      'an invalid token',
      { authorization: 'Bearer a.b.c' },
      { status: 401, code: 'token_invalid', headers: invalidToken },
    ],
    [
      'an expired token',
      { authorization: access({ iat: nowS - 90, exp: nowS }) },
      { status: 401, code: 'token_expired', headers: invalidToken },
    ],
    ['a refresh token', { authorization: refresh }, { status: 403, code: 'token_wrong_kind' }],
    [
      'a stream ticket, which no file accepts',
      { 'x-hs-query': 'ticket=t' },
      { status: 401, code: 'malformed', headers: invalidToken },
    ],
    [
      'two different tokens',
      { authorization: access(), 'x-hs-query': 'authorization=a.b.c' },
      { status: 401, code: 'malformed', headers: invalidToken },
    ],
  ])('answers %s', (_, headers, response) => {
    expect(setUp().media('GET 1001/a.wav', headers)).toEqual(response)
  })

  it('answers 503 instead of 401 while revocations are unknown', () => {
    expect(setUp({ isStale: true }).media('GET 1001/a.wav')).toEqual(UNAVAILABLE)
  })

  it('answers 401 for a revoked session', () => {
    const { media, revocations } = setUp()
    revocations.add({ kind: 'sid', key: 'session-1', generation: 0, until: nowS + 60 })
    expect(media('GET 1001/a.wav')).toMatchObject({ status: 401, code: 'token_revoked' })
  })

  it('opens a link for its one file alone, whatever folder that is in', () => {
    const link = mint(key, nowS, { header: { typ: 'ml+jwt' }, claims: { path: 'other/a.wav' } })
    const headers = { 'x-hs-query': `link=${link}` }
    expect(setUp().media('GET other/a.wav', headers).status).toBe(204)
    expect(setUp().media('GET other/b.wav', headers).status).toBe(403)
    expect(setUp().media('GET 1001/a.wav', headers).status).toBe(403)
  })
})

describe('gate, for a stream', () => {
  it('admits a state channel, and answers its cohort and its channel in Nchan', async () => {
    const { channel, admitted } = setUp()
    expect(await channel('GET users-state')).toEqual({
      status: 204,
      code: 'ok',
      headers: { 'X-Hs-Cohort': COHORT, 'X-Hs-Channel': 'state/users-state' },
    })
    expect(admitted).toEqual([
      { conn: CONN, instance: 2, claims: expect.objectContaining({ sub: '7' }), isPrivate: false },
    ])
  })

  it("registers the user's private channel as such", async () => {
    const { channel, admitted } = setUp()
    expect((await channel('GET me')).headers).toMatchObject({ 'X-Hs-Channel': 'user/7' })
    expect(admitted).toMatchObject([{ isPrivate: true }])
  })

  it('serves it from instance 1 if nginx names none', async () => {
    const { channel, admitted } = setUp()
    await channel('GET users-state', { authorization: access(), 'x-hs-instance': undefined })
    expect(admitted).toMatchObject([{ instance: 1 }])
  })

  it.each<[string, string, IncomingHttpHeaders]>([
    ['a channel of a role that the user does not have', 'GET active-calls', { authorization: access() }],
    ['an unknown channel', 'GET x', { authorization: access() }],
    ['another method', 'HEAD users-state', { authorization: access() }],
    ['a refresh token', 'GET users-state', { authorization: refresh }],
    [
      'a malformed request id',
      'GET users-state',
      { authorization: access(), 'x-hs-request-id': CONN.slice(1) },
    ],
    ['a missing request id', 'GET users-state', { authorization: access(), 'x-hs-request-id': undefined }],
  ])('denies %s, and registers no stream', async (_, target, headers) => {
    const { channel, admitted } = setUp()
    expect((await channel(target, headers)).status).toBe(403)
    expect(admitted).toEqual([])
  })

  it.each([
    ['revocations are too old for a new stream', { canHoldStreams: false }],
    ['there are too many streams', { hasRoom: false }],
    ['revocations are unknown', { isStale: true }],
  ])('answers 503 when %s', async (_, settings) => {
    const { channel, admitted } = setUp(settings)
    expect(await channel('GET users-state')).toEqual(UNAVAILABLE)
    expect(admitted).toEqual([])
  })

  it('answers without a promise unless there is a ticket', () => {
    const { media } = setUp()
    expect(media('GET 1001/a.wav')).not.toBeInstanceOf(Promise)
  })
})

describe('gate, for a stream with a ticket', () => {
  const withTicket = { 'x-hs-query': 'ticket=t1' }

  it('redeems it and admits the stream with its claims', async () => {
    const { channel, admitted, redeemed } = setUp({ ticketClaims: { sub: '9', sid: 'other' } })
    expect((await channel('GET me', withTicket)).headers).toMatchObject({ 'X-Hs-Channel': 'user/9' })
    expect([redeemed, admitted.map(({ claims }) => claims.sid)]).toEqual([['t1'], ['other']])
  })

  it('answers 401 if there is no such ticket', async () => {
    expect(await setUp({ ticketClaims: null }).channel('GET me', withTicket)).toMatchObject({
      status: 401,
      code: 'token_invalid',
    })
  })

  it('answers 503 if Redis is unreachable, so that clients retry', async () => {
    const { channel, admitted } = setUp({ ticketClaims: new Error('Redis is unreachable') })
    expect(await channel('GET me', withTicket)).toEqual(UNAVAILABLE)
    expect(admitted).toEqual([])
  })

  it('checks the claims again: the session may have ended since the ticket was issued', async () => {
    const { channel, revocations } = setUp()
    revocations.add({ kind: 'sid', key: 'session-1', generation: 0, until: nowS + 60 })
    expect(await channel('GET me', withTicket)).toMatchObject({ status: 401, code: 'token_revoked' })
  })

  it('redeems none for another method or beside a header', async () => {
    const { channel, redeemed } = setUp()
    expect((await channel('POST me', withTicket)).status).toBe(403)
    expect((await channel('GET me', { ...withTicket, authorization: access() })).code).toBe('malformed')
    expect(redeemed).toEqual([])
  })

  it('does not accept a media link', async () => {
    expect((await setUp().channel('GET me', { 'x-hs-query': 'link=a.b.c' })).code).toBe('malformed')
  })
})
