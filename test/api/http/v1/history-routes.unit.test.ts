import { validate } from '@apidevtools/swagger-parser'
import { describe, expect, test } from 'vitest'
import { newCall, startedAt } from '../../../support/fixtures/call-records.ts'
import {
  ADMIN,
  ANNA,
  ask,
  BORIS,
  CARLA,
  createSurface,
  GONE,
  history,
  idsOf,
  MISSING,
  nowS,
  OF_LEGAL,
  OF_SALES,
  pageOf,
  SUPERVISOR,
  useHistoryDatabase,
} from './history-fixture.ts'

useHistoryDatabase()

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
      missed: false,
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
    ['?q=ИВАН', 'dcba'],
    ['?q=040%20999', 'b'],
    ['?q=nothing', ''],
    ['?missed=true', ''],
    ['?missed=false', 'dcba'],
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

  test.each([
    ['a user: those of their own', BORIS, '', 2],
    ['a supervisor: those of the team', OF_SALES, '', 2],
    ['an admin: all', ADMIN, '', 4],
    ['a filter: those that match', ADMIN, '&outcome=busy', 1],
    ['a search: those that match', ADMIN, '&q=040', 1],
  ])('counts for %s', async (_, token, query, total) => {
    const page = await pageOf(await ask(`/calls/history?limit=1${query}`, token))
    expect(page).toMatchObject({ total, total_is_exact: true })
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
    ['an empty search', '?q=%20', ANNA, 400, 'input_invalid'],
    ['a search of 101 characters', `?q=${'x'.repeat(101)}`, ANNA, 400, 'input_invalid'],
    ['an unclear filter of missed calls', '?missed=yes', ANNA, 400, 'input_invalid'],
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

// Last, as it adds a call.
describe('missed calls in the history', () => {
  test('marks a call that the user who asks missed, and lists these alone', async () => {
    const lost = { outcome: 'no_answer', answeredAt: null, billable: 0 } as const
    const parties = [{ userId: '6', extension: '1006', answered: false, called: true as const }]
    await history.save([newCall({ id: 'm.1', startedAt: startedAt - 60, ...lost, parties })])
    const seen = async (token: string, query: string) =>
      (await pageOf(await ask(`/calls/history${query}`, token))).calls.filter(({ missed }) => missed)
    expect(await seen(MISSING, '')).toMatchObject([{ id: 'm.1' }])
    expect(await seen(MISSING, '?missed=true')).toMatchObject([{ id: 'm.1' }])
    expect(await idsOf('?missed=true', MISSING)).toBe('m')
    expect(await seen(ADMIN, '?user_id=6')).toEqual([])
    expect(await idsOf('?missed=true', ADMIN)).toBe('')
  })
})
