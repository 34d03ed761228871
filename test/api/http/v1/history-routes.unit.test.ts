import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { validate } from '@apidevtools/swagger-parser'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMediaLinks } from '../../../../api/core/auth/media-links.ts'
import { createFindReach } from '../../../../api/core/auth/supervisor-reach.ts'
import { createTokens } from '../../../../api/core/auth/tokens.ts'
import type { UserStore } from '../../../../api/core/auth/users.ts'
import type { CallRecord, HistoryStore } from '../../../../api/core/calls/call-history.ts'
import { createDialPolicy } from '../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../api/core/dial-policy/policy-file.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { createGuard } from '../../../../api/http/guard.ts'
import { createV1Routes } from '../../../../api/http/v1/routes.ts'
import { createUserStore } from '../../../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../../../api/store/sql/call-center/agents.ts'
import { createCallHistoryStore } from '../../../../api/store/sql/calls/call-history.ts'
import { type Database, openDatabase } from '../../../../api/store/sql/database.ts'
import { migrate } from '../../../../api/store/sql/migrate.ts'
import type { Role } from '../../../../contract/claims.ts'
import { createRevocationCache } from '../../../../contract/revocation-cache.ts'
import { createTokenVerifier } from '../../../../contract/verdict.ts'
import { createLog } from '../../../../runtime/log.ts'
import { mint, newKey } from '../../../contract/mint-token.ts'
import { newCall, startedAt } from '../../../support/fixtures/call-records.ts'
import { newUser } from '../../../support/fixtures/users.ts'

const nowS = 1_750_100_000
const key = newKey('HS256', 'hs256-a')
const anna = { userId: '1', extension: '1001', answered: true }
const boris = { userId: '2', extension: '1002', answered: false }

/** A call of Anna, one of Boris, one of both and one without a user, a minute apart. */
const SOME: readonly CallRecord[] = [
  newCall({ id: 'a.1', startedAt, parties: [anna] }),
  newCall({
    id: 'b.1',
    startedAt: startedAt + 60,
    direction: 'outgoing',
    fromNumber: '1002',
    toNumber: '+4940999',
    answeredAt: null,
    billable: 0,
    outcome: 'busy',
    recordings: [],
    parties: [boris],
  }),
  newCall({
    id: 'c.1',
    startedAt: startedAt + 120,
    direction: 'internal',
    recordings: ['2025/06/welcome.wav', '2025/06/in 1001.wav'],
    parties: [anna, boris],
  }),
  newCall({ id: 'd.1', startedAt: startedAt + 180, outcome: 'no_answer', recordings: [], parties: [] }),
]

function createSurface(history: Pick<HistoryStore, 'list' | 'find'>) {
  const revocations = createRevocationCache()
  revocations.markFresh(0, 0)
  const verifier = createTokenVerifier({
    keyring: { find: () => key, onChange: () => {} },
    revocations,
    now: () => nowS * 1000,
    monotonic: () => 0,
    maxStalenessMs: 5_000,
    maxTokenLifetimeS: 3_600,
    cacheSize: 10,
  })
  const tokens = createTokens({
    keyring: { signing: () => ({ ...key, createdAtMs: 0 }) },
    algorithm: 'HS256',
    now: () => nowS * 1000,
    issuingSince: () => 0,
  })
  const guard = createGuard(verifier)
  // These tests use no route of sessions or of live calls.
  const { sessions, calls } = { calls: { guard } } as Parameters<typeof createV1Routes>[0]
  const reachOf = createFindReach(users, 'team')
  const mediaLinks = createMediaLinks({ tokens, reachOf, now: () => nowS * 1000, longestLifetime: 3_600 })
  const policy = () => createDialPolicy(PolicyFile.parse({ country: 'DE' }))
  const needs = { sessions, calls, history: { guard, history, reachOf, mediaLinks, policy } }
  const app = createV1Routes({ ...needs, guard, log: createLog('test', 'silent') })
  return { app, verifier }
}

/** A valid token of a user. */
const tokenOf = (sub: string, role: Role = 'user') => mint(key, nowS, { claims: { sub, role } })
const ANNA = tokenOf('1')
const BORIS = tokenOf('2')
const CARLA = tokenOf('3')
const SUPERVISOR = tokenOf('9', 'supervisor')
const ADMIN = tokenOf('8', 'admin')
/** The tokens do not hold the team: it is read from the database. */
const OF_SALES = tokenOf('4', 'supervisor')
const OF_LEGAL = tokenOf('5', 'supervisor')
const GONE = tokenOf('99', 'supervisor')
/** Their ids are those above, in that order. */
const USERS: readonly [string, Role, string | null][] = [
  ['anna', 'user', 'sales'],
  ['boris', 'user', 'support'],
  ['carla', 'user', null],
  ['of sales', 'supervisor', 'sales'],
  ['of legal', 'supervisor', 'legal'],
  ...['six', 'seven', 'admin'].map((name): [string, Role, null] => [name, 'admin', null]),
  ['supervisor', 'supervisor', null],
]

let folder: string
let db: Database
let history: HistoryStore
let users: UserStore
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'history-'))
  const url = `sqlite:${join(folder, 'history.db')}`
  await migrate(url)
  db = await openDatabase(url)
  history = createCallHistoryStore(db)
  await history.save(SOME)
  users = createUserStore(db)
  const agents = createAgentStore(db)
  for (const [name, role, team] of USERS) {
    const { id } = await users.add(newUser({ username: name, extension: null, role }))
    if (team !== null) await agents.add({ userId: id, name, kind: 'human', team }, 0, 0)
  }
})
afterAll(async () => {
  await db?.close()
  rmSync(folder, { recursive: true })
})

async function ask(path: string, token?: string, init: RequestInit = {}, store = history as Asked) {
  const headers = { ...(token && { Authorization: `Bearer ${token}` }), ...init.headers }
  return createSurface(store).app.request(path, { ...init, headers })
}
type Asked = Pick<HistoryStore, 'list' | 'find'>

interface Page {
  calls: { id: string }[]
  next_cursor: string | null
}
const pageOf = async (res: Response) => (await res.json()) as Page // the documented shape
const idsOf = async (query: string, token: string) => {
  const { calls } = await pageOf(await ask(`/calls/history${query}`, token))
  return calls.map(({ id }) => id[0]).join('')
}

describe('GET /calls/history', () => {
  test.each([
    ['a user sees the calls their phone was in', ANNA, 'ca'],
    ['another user sees others', BORIS, 'cb'],
    ['a user without calls sees none', CARLA, ''],
    ['a supervisor of no team sees all', SUPERVISOR, 'dcba'],
    ['a supervisor sees those of their team', OF_SALES, 'ca'],
    ['a supervisor of a team without calls sees none', OF_LEGAL, ''],
    ['a deleted supervisor sees none', GONE, ''],
    ['an admin sees all', ADMIN, 'dcba'],
  ])('%s', async (_, token, ids) => {
    expect(await idsOf('', token)).toBe(ids)
  })

  test('has all members of a call, with times in ISO 8601', async () => {
    const [call] = (await pageOf(await ask('/calls/history?direction=outgoing', ADMIN))).calls
    expect(call).toEqual({
      id: 'b.1',
      direction: 'outgoing',
      from: { number: '1002', name: 'Иван «Bob» 📞' },
      to: { number: '+4940999', name: 'Anna' },
      started_at: '2025-06-15T15:07:40.000Z',
      answered_at: null,
      ended_at: '2025-06-15T15:08:45.000Z',
      duration: 65,
      billable: 0,
      outcome: 'busy',
      cause: 16,
      recorded: false,
      recordings: [],
      parties: [{ user_id: '2', extension: '1002', answered: false }],
    })
  })

  test.each([
    ['?from=2025-06-15T15:07:40Z', 'dcb'],
    ['?from=2025-06-15T15:07:40.001Z', 'dc'],
    ['?from=2025-06-15T18:07:40%2B03:00', 'dcb'],
    ['?until=2025-06-15T15:07:40Z', 'a'],
    ['?until=2025-06-15T15:07:40.001Z', 'ba'],
    ['?from=2025-06-15&until=2025-06-16', 'dcba'],
    ['?from=2025-06-16', ''],
    ['?until=2025-06-15', ''],
    ['?outcome=busy', 'b'],
    ['?number=%2B4930', 'dca'],
    ['?number=1002', 'b'],
    ['?user_id=2', 'cb'],
    ['?user_id=2&direction=internal', 'c'],
    ['?user_id=7', ''],
  ])('%s gives a supervisor of no team %j', async (query, ids) => {
    expect(await idsOf(query, SUPERVISOR)).toBe(ids)
  })

  test.each([
    ['?user_id=1', 'ca'],
    ['?user_id=2', 'c'],
    ['?user_id=3', ''],
    ['?number=1002', ''],
    ['?limit=1', 'c'],
  ])('%s gives a supervisor of a team %j', async (query, ids) => {
    expect(await idsOf(query, OF_SALES)).toBe(ids)
  })

  test('pages through all calls, each once', async () => {
    const ids: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const page = await pageOf(await ask(`/calls/history?limit=2${query}`, ADMIN))
      ids.push(...page.calls.map(({ id }) => id))
      cursor = page.next_cursor
    }
    expect(ids).toEqual(['d.1', 'c.1', 'b.1', 'a.1'])
  })

  test.each([
    ['no token', '', undefined, 401, 'token_missing'],
    ['the user_id of another user', '?user_id=2', ANNA, 403, 'forbidden'],
    ['an invalid date', '?from=2025-02-30', ANNA, 400, 'input_invalid'],
    ['a time without a zone', '?from=2025-02-03T12:00:00', ANNA, 400, 'input_invalid'],
    ['unix seconds', '?from=1750000000', ANNA, 400, 'input_invalid'],
    ['an unknown outcome', '?outcome=lost', ANNA, 400, 'input_invalid'],
    ['a number with a pattern', '?number=%25', ANNA, 400, 'input_invalid'],
    ['a malformed cursor', '?cursor=abc', ANNA, 400, 'input_invalid'],
    ['a limit of 101', '?limit=101', ANNA, 400, 'input_invalid'],
  ])('refuses %s with problem+json', async (_, query, token, status, code) => {
    for (const path of ['/calls/history', '/calls/history.csv']) {
      if (path.endsWith('.csv') && /limit|cursor/.test(query)) continue
      const res = await ask(`${path}${query}`, token)
      expect(res.headers.get('content-type')).toBe('application/problem+json')
      expect({ status: res.status, body: await res.json() }).toMatchObject({ status, body: { status, code } })
    }
  })
})

describe('GET /calls/history/{id}', () => {
  test.each([
    ['a party of the call', ANNA, 'a.1', 200],
    ['a supervisor of no team', SUPERVISOR, 'a.1', 200],
    ['a supervisor of the team', OF_SALES, 'a.1', 200],
    ['a supervisor of one of two teams', OF_SALES, 'c.1', 200],
    ['a supervisor of another team', OF_SALES, 'b.1', 404],
    ['a supervisor of a team, for a call without a user', OF_SALES, 'd.1', 404],
    ['another user', BORIS, 'a.1', 404],
    ['an admin, for an unknown id', ADMIN, 'x.1', 404],
    ['an admin, for a malformed id', ADMIN, 'a%00', 400],
    ['a client without a token', undefined, 'a.1', 401],
  ])('answers %s with the right status', async (_, token, id, status) => {
    expect((await ask(`/calls/history/${id}`, token)).status).toBe(status)
  })
})

describe('POST /calls/history/{id}/recording-link', () => {
  const linkRequest = (body?: string, contentType = 'application/json') => ({
    method: 'POST',
    ...(body !== undefined && { body, headers: { 'Content-Type': contentType } }),
  })

  test('opens that file as the user who asked, for the requested time', async () => {
    const res = await ask('/calls/history/a.1/recording-link', ANNA, linkRequest('{"minutes":5}'))
    const { url, expires_at } = (await res.json()) as { url: string; expires_at: string }
    expect(res.status).toBe(201)
    expect(expires_at).toBe(new Date((nowS + 300) * 1000).toISOString())
    const [path, link] = url.split('?link=')
    expect(path).toBe('/media/2025/06/15/1750000000.1.wav')
    expect(createSurface(history).verifier.verify(link, 'media-link')).toMatchObject({
      ok: true,
      claims: { sub: '1', sid: 'session-1', path: '2025/06/15/1750000000.1.wav', exp: nowS + 300 },
    })
  })

  test('gives one link for each file that the history lists', async () => {
    const { calls } = await pageOf(await ask('/calls/history', ANNA))
    expect(calls[0]).toMatchObject({
      id: 'c.1',
      recorded: true,
      recordings: [{ name: 'welcome.wav' }, { name: 'in 1001.wav' }],
    })
    const res = await ask('/calls/history/c.1/recording-link', ANNA, linkRequest())
    const { url, expires_at, links } = (await res.json()) as {
      url: string
      expires_at: string
      links: { name: string; url: string; expires_at: string }[]
    }
    expect(links.map(({ name, url }) => [name, url.split('?')[0]])).toEqual([
      ['welcome.wav', '/media/2025/06/welcome.wav'],
      ['in 1001.wav', '/media/2025/06/in%201001.wav'],
    ])
    expect(links[0]).toEqual({ name: 'welcome.wav', url, expires_at })
    for (const { url } of links) {
      expect(createSurface(history).verifier.verify(url.split('?link=')[1], 'media-link')).toMatchObject({
        ok: true,
      })
    }
  })

  test.each([
    ['a party', ANNA, 'a.1', linkRequest(), 201],
    ['a party with an empty object', ANNA, 'a.1', linkRequest('{}'), 201],
    ['an admin', ADMIN, 'a.1', linkRequest(), 201],
    ['a supervisor of the team', OF_SALES, 'a.1', linkRequest(), 201],
    ['a supervisor of another team', OF_LEGAL, 'a.1', linkRequest(), 404],
    ['another user', BORIS, 'a.1', linkRequest(), 404],
    ['a call that was not recorded', ADMIN, 'd.1', linkRequest(), 404],
    ['an unknown call', ADMIN, 'x.1', linkRequest(), 404],
    ['more than a day', ANNA, 'a.1', linkRequest('{"minutes":1441}'), 400],
    ['zero minutes', ANNA, 'a.1', linkRequest('{"minutes":0}'), 400],
    ['malformed JSON', ANNA, 'a.1', linkRequest('{'), 400],
    ['a form', ANNA, 'a.1', linkRequest('minutes=5', 'application/x-www-form-urlencoded'), 400],
    ['a client without a token', undefined, 'a.1', linkRequest(), 401],
  ])('answers with the right status: %s', async (_, token, id, init, status) => {
    expect((await ask(`/calls/history/${id}/recording-link`, token, init)).status).toBe(status)
  })
})

describe('GET /calls/history.csv', () => {
  const tableOf = async (calls: readonly CallRecord[]) =>
    (await ask('/calls/history.csv', ADMIN, {}, inMemory(calls))).text()

  test('has a header and a row for each call that the user may see', async () => {
    const res = await ask('/calls/history.csv?outcome=answered', ANNA)
    expect(res.headers.get('content-disposition')).toBe('attachment; filename="calls.csv"')
    expect(res.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(new Uint8Array(await res.clone().arrayBuffer()).slice(0, 5)).toEqual(
      new Uint8Array([0xef, 0xbb, 0xbf, 0x69, 0x64]), // the byte order mark: Excel reads UTF-8
    )
    const line = (
      id: string,
      direction: string,
      start: string,
      answer: string,
      end: string,
      phones: string,
    ) =>
      `${id},${direction},+493012345,Иван «Bob» 📞,1001,Anna,${start},${answer},${end},65,60,answered,16,true,${phones}`
    expect((await res.text()).split('\r\n')).toEqual([
      'id,direction,from_number,from_name,to_number,to_name,started_at,answered_at,ended_at,' +
        'duration,billable,outcome,cause,recorded,extensions',
      line(
        'c.1',
        'internal',
        '2025-06-15T15:08:40.000Z',
        '2025-06-15T15:08:45.000Z',
        '2025-06-15T15:09:45.000Z',
        '1001 1002',
      ),
      line(
        'a.1',
        'incoming',
        '2025-06-15T15:06:40.000Z',
        '2025-06-15T15:06:45.000Z',
        '2025-06-15T15:07:45.000Z',
        '1001',
      ),
      '',
    ])
  })

  test.each([
    ['semicolon', ';', 200],
    ['tab', '\t', 200],
    ['comma', ',', 200],
    ['bar', '', 400],
  ])('supports the delimiter %s, or refuses it', async (delimiter, sign, status) => {
    const calls = inMemory([newCall({ fromName: 'Bob; =1\t' })])
    const res = await ask(`/calls/history.csv?delimiter=${delimiter}`, ADMIN, {}, calls)
    expect(res.status).toBe(status)
    if (status !== 200) return
    const rows: string[][] = parse(await res.text(), { delimiter: sign })
    expect(rows.map((cells) => cells.length)).toEqual([15, 15])
    expect(rows[1]?.slice(2, 5)).toEqual(['+493012345', "Bob;' =1\t", '1001'])
  })

  test.each([
    ['a plain name stays', 'Bob', 'Bob'],
    ['a comma is quoted', 'Bob, Anna', '"Bob, Anna"'],
    ['a quote is doubled', 'Bob "B"', '"Bob ""B"""'],
    ['a line break is quoted', 'a\r\nb', '"a\r\nb"'],
    ['a formula is escaped', '=1+1', "'=1+1"],
    ['a formula with a quote is escaped', '=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['a sum is escaped', '+1+cmd', "'+1+cmd"],
    ['a difference is escaped', '-1', "'-1"],
    ['a function is escaped', '@SUM(A1)', "'@SUM(A1)"],
    ['a formula behind a tab is escaped', '\t=1', `"'\t'=1"`],
    ['a formula behind a semicolon is escaped', 'x;=1+1', `"x;'=1+1"`],
    ['a formula behind a line break is escaped', 'x\n=1+1', `"x\n'=1+1"`],
    ['a formula behind invisible characters is escaped', '\u200b\ufeff =1', "'\u200b\ufeff =1"],
    ['a full-width formula is escaped', '＝1+1', "'＝1+1"],
    ['a semicolon is quoted', 'a;b', '"a;b"'],
    ['a phone number stays', '+493012345', '+493012345'],
    ['a number stays', '100', '100'],
    ['a line break within a number is escaped', '+1\n2', `"'+1\n2"`],
  ])('%s', async (_, fromName, cell) => {
    const table = await tableOf([newCall({ fromName })])
    expect(table.slice(table.indexOf('\r\n') + 2)).toMatch(`1750000000.1,incoming,+493012345,${cell},1001,`)
  })

  test('has only the header if no call matches', async () => {
    expect((await tableOf([])).trimEnd().split('\r\n')).toHaveLength(1)
  })

  test('has each of 2 300 calls once and reads a page only when the client reads', async () => {
    const calls = Array.from({ length: 2_300 }, (_none, n) =>
      newCall({ id: `x.${n}`, startedAt: startedAt - n, parties: [] }),
    )
    const store = inMemory(calls)
    const res = await ask('/calls/history.csv', ADMIN, {}, store)
    expect(store.pages()).toBe(1)
    const [, ...lines] = (await res.text()).trimEnd().split('\r\n')
    expect(lines.map((line) => line.split(',')[0])).toEqual(calls.map(({ id }) => id))
    expect(store.pages()).toBe(5)
  })

  test('answers 503 if the store is unavailable at the start', async () => {
    const res = await ask('/calls/history.csv', ADMIN, {}, failing(0))
    expect(res.status).toBe(503)
    expect(res.headers.get('retry-after')).toBe('2')
  })

  test('aborts the response if the store fails in between', async () => {
    const res = await ask('/calls/history.csv', ADMIN, {}, failing(1))
    expect(res.status).toBe(200)
    await expect(res.text()).rejects.toMatchObject({ code: 'unavailable' })
  })
})

/** A store of the given calls that counts the pages it returned. */
function inMemory(calls: readonly CallRecord[]) {
  let pages = 0
  return {
    pages: () => pages,
    find: async () => undefined,
    list: async (_: unknown, { after, limit }: Parameters<HistoryStore['list']>[1]) => {
      pages += 1
      const start = after === undefined ? 0 : calls.findIndex(({ id }) => id === after.id) + 1
      return calls.slice(start, start + limit)
    },
  }
}

function failing(afterPages: number): Asked {
  const calls = Array.from({ length: 600 }, (_, n) => newCall({ id: `x.${n}` }))
  const store = inMemory(calls)
  return {
    ...store,
    list: async (filter, page) => {
      if (store.pages() >= afterPages) throw new Refusal('unavailable', { retryAfter: 2 })
      return store.list(filter, page)
    },
  }
}

test('GET /openapi.json is valid OpenAPI 3.1 and describes every history route and its errors', async () => {
  const body = await (await createSurface(history).app.request('/openapi.json')).json()
  const document = await validate(body as unknown as Parameters<typeof validate>[0]) // checked by it
  const ours = Object.entries(document.paths ?? {}).filter(([path]) => path.startsWith('/calls/history'))
  expect(ours.map(([path]) => path).sort()).toEqual([
    '/calls/history',
    '/calls/history.csv',
    '/calls/history/{id}',
    '/calls/history/{id}/recording-link',
  ])
  for (const [, path] of ours) {
    for (const operation of Object.values(path ?? {})) {
      expect(Object.keys((operation as { responses: object }).responses)).toEqual(
        expect.arrayContaining(['401', '503']),
      )
    }
  }
})
