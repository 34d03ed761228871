import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { defaultDatabaseUrl } from '../../api/config/config.ts'
import { createUserStore } from '../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../api/store/sql/call-center/agents.ts'
import { createCallHistoryStore } from '../../api/store/sql/calls/call-history.ts'
import { openDatabase } from '../../api/store/sql/database.ts'
import { migrate } from '../../api/store/sql/migrate.ts'
import type { Role } from '../../contract/claims.ts'
import { type AmiCall, simulateCall } from '../support/ami-call.ts'
import { type AmiPbx, startAmiPbx } from '../support/ami-pbx.ts'
import { newCall, startedAt } from '../support/fixtures/call-records.ts'
import { login, mediaStatus, requestJson } from '../support/http-client.ts'
import { CHEAP_PASSWORD } from '../support/seed-users.ts'
import { type Stack, startStack } from '../support/stack.ts'

/** `null`: no agent, as for a user who never used the call center. */
const PEOPLE = {
  admin: { role: 'admin', extension: null, team: null },
  ofSales: { role: 'supervisor', extension: null, team: 'sales' },
  ofNone: { role: 'supervisor', extension: null, team: null },
  anna: { role: 'user', extension: '1001', team: 'sales' },
  carl: { role: 'user', extension: '1003', team: 'support' },
  nina: { role: 'user', extension: '1004', team: null },
} as const satisfies Record<string, { role: Role; extension: string | null; team: string | null }>
type Name = keyof typeof PEOPLE
const WHOSE = ['anna', 'carl', 'nina'] as const
type Owner = (typeof WHOSE)[number]

/** The users with calls that each of them sees. */
const BOUNDED: readonly [Name, readonly Owner[]][] = [
  ['anna', ['anna']],
  ['ofSales', ['anna']],
  ['ofNone', WHOSE],
  ['admin', WHOSE],
]
const UNBOUNDED: readonly [Name, readonly Owner[]][] = [
  ['anna', ['anna']],
  ['ofSales', WHOSE],
  ['ofNone', WHOSE],
  ['admin', WHOSE],
]

interface ReachFixture {
  stack: Stack
  pbx: AmiPbx
  tokens: Record<Name, string>
  userIds: Record<Name, string>
  /** A live call of each, with an outside number. */
  live: Record<Owner, AmiCall>
  stop(): Promise<void>
}

/** Each of three users has one past call with a recording, a folder with a file, and a call that lives. */
async function start(env: Record<string, string> = {}): Promise<ReachFixture> {
  const data = mkdtempSync(join(tmpdir(), 'reach-'))
  const media = join(data, 'media')
  for (const owner of WHOSE) {
    for (const [folder, file] of [
      [PEOPLE[owner].extension, 'own.wav'],
      ['2025', `${owner}.wav`],
    ] as const) {
      mkdirSync(join(media, folder), { recursive: true })
      writeFileSync(join(media, folder, file), 'RIFF')
    }
  }
  const userIds = await addPeople(data)
  const pbx = await startAmiPbx()
  const stack = await startStack({ data, demo: false, env: { ...pbx.env, ...env } })
  const stop = async () => {
    await stack.stop()
    await pbx.stop()
    rmSync(data, { recursive: true, force: true })
  }
  try {
    const names = Object.keys(PEOPLE) as Name[] // it has no others
    const logins = names.map(async (name) => [name, await tokenOf(stack, name)] as const)
    const tokens = Object.fromEntries(await Promise.all(logins)) as Record<Name, string> // one of each
    await vi.waitFor(() => expect(pbx.isConnected()).toBe(true), { timeout: 10_000 })
    const place = (owner: Owner) =>
      simulateCall(pbx, { extension: PEOPLE[owner].extension }, { extension: 'outside' })
    const live = Object.fromEntries(WHOSE.map((owner) => [owner, place(owner)])) as Record<Owner, AmiCall> // one of each
    return { stack, pbx, tokens, userIds, live, stop }
  } catch (err) {
    await stop()
    throw err
  }
}

async function addPeople(data: string): Promise<Record<Name, string>> {
  const url = defaultDatabaseUrl(data)
  await migrate(url)
  const db = await openDatabase(url)
  try {
    const [users, agents, history] = [createUserStore(db), createAgentStore(db), createCallHistoryStore(db)]
    const passwordHash = await hash(CHEAP_PASSWORD, { memoryCost: 8, timeCost: 1, parallelism: 1 })
    const ids: Partial<Record<Name, string>> = {}
    for (const [name, { role, extension, team }] of Object.entries(PEOPLE)) {
      const { id } = await users.add({ username: name, role, extension, passwordHash })
      ids[name as Name] = id // of that table
      if (team !== null) await agents.add({ userId: id, name, kind: 'human', team }, 0, 0)
    }
    const records = WHOSE.map((owner, at) =>
      newCall({
        id: `past.${owner}`,
        startedAt: startedAt + at,
        recordings: [`2025/${owner}.wav`],
        parties: [{ userId: ids[owner] ?? '', extension: PEOPLE[owner].extension, answered: true }],
      }),
    )
    await history.save(records)
    return ids as Record<Name, string> // one of each
  } finally {
    await db.close()
  }
}

const tokenOf = async (stack: Stack, name: Name) => (await login(stack, name, CHEAP_PASSWORD)).access
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

describe('the calls and recordings that a supervisor reaches', () => {
  let world: ReachFixture
  beforeAll(async () => {
    world = await start()
  })
  afterAll(() => world?.stop())

  rules(() => world, BOUNDED)

  test.each<[Name, number]>([
    ['anna', 403],
    ['ofSales', 403],
    ['ofNone', 200],
    ['admin', 200],
  ])('%s gets %i for the stream of all live calls, by token, ticket and plain GET', async (name, status) => {
    const { stack, tokens } = world
    const events = { headers: { Accept: 'text/event-stream' }, signal: AbortSignal.timeout(5_000) }
    const statusOf = async (url: string, init: RequestInit) => {
      const res = await fetch(url, init)
      await res.body?.cancel()
      return res.status
    }
    for (const path of [
      '/pbxcore/api/module-softphone-backend/v1/sub/active-calls',
      '/api/v1/streams/active-calls',
    ]) {
      const url = `${stack.url}${path}`
      const bearer = { Authorization: `Bearer ${tokens[name]}` }
      expect(await statusOf(url, { ...events, headers: { ...events.headers, ...bearer } })).toBe(status)
      expect(await statusOf(url, { headers: bearer })).toBe(status)
      const issued = await requestJson(`${stack.base}/stream-tickets`, {
        method: 'POST',
        token: tokens[name],
      })
      expect(await statusOf(`${url}?ticket=${issued.body.ticket}`, events)).toBe(status)
    }
  })

  test.each<Owner>(['carl', 'nina'])('a supervisor of another team cannot dial for %s', async (owner) => {
    const { stack, tokens, userIds, pbx } = world
    const before = pbx.controlActions().length
    const json = { number: '1001', user_id: userIds[owner] }
    expect(await requestJson(`${stack.url}/api/v1/calls`, { token: tokens.ofSales, json })).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
    expect(pbx.controlActions()).toHaveLength(before)
  })

  test('a call of two teams: a supervisor hangs up the phone of theirs alone', async () => {
    const { stack, tokens, pbx } = world
    const call = simulateCall(pbx, { extension: '1001' }, { extension: '1003' })
    const path = `${stack.url}/api/v1/calls/${call.id}`
    await expect.poll(async () => (await requestJson(path, { token: tokens.ofSales })).status).toBe(200)
    const hungUp = requestJson(`${path}/hangup`, { method: 'POST', token: tokens.ofSales })
    const [own] = call.channels
    const hangups = () => pbx.controlActions().filter(({ action }) => action === 'Hangup')
    await expect.poll(() => hangups().map(({ channel }) => channel)).toEqual([own?.id])
    call.hangUp()
    expect((await hungUp).status).toBe(204)
  })

  test('tokens of supervisors who are limited to a team carry that, also after a refresh', async () => {
    const { stack, tokens } = world
    expect(claimsOf(tokens.ofSales)).toMatchObject({ role: 'supervisor', reach: 'team' })
    for (const name of ['anna', 'ofNone', 'admin'] as const) {
      expect(claimsOf(tokens[name])).not.toHaveProperty('reach')
    }
    const { refresh: token } = await login(stack, 'ofSales', CHEAP_PASSWORD)
    const { body } = await requestJson(`${stack.base}/auth/refresh`, { method: 'POST', token })
    expect(claimsOf(String(body.access_token))).toMatchObject({ reach: 'team' })
  })

  describe('with another team', () => {
    const put = async (id: number, json: object) =>
      requestJson(`${world.stack.url}/api/agents/${id}`, { method: 'PUT', token: world.tokens.admin, json })
    const agentOf = async (name: Name) => {
      const { body } = await requestJson(`${world.stack.url}/api/agents`, { token: world.tokens.admin })
      const all = body as unknown as { id: number; name: string }[] // a bare array
      return all.find((one) => one.name === name)?.id ?? 0
    }
    const opens = (token: string) =>
      Promise.all([
        mediaStatus(world.stack, '1001/own.wav', token),
        requestJson(`${world.stack.url}/api/v1/calls`, { token }).then(({ status }) => status),
      ])
    const seenBy = async (token: string) => {
      const { body } = await requestJson(`${world.stack.url}/api/v1/calls/history`, { token })
      const ids = (body as { calls: { id: string }[] }).calls.map(({ id }) => id) // the documented shape
      return WHOSE.filter((owner) => ids.includes(`past.${owner}`))
    }

    test('the sessions of a supervisor end, and the next one sees that team', async () => {
      const { stack, tokens } = world
      const id = await agentOf('ofSales')
      expect((await put(id, { team: 'sales', name: 'ofSales' })).status).toBe(200)
      expect(await opens(tokens.ofSales)).toEqual([403, 200])

      expect((await put(id, { team: 'support' })).status).toBe(200)
      await expect.poll(() => opens(tokens.ofSales)).toEqual([401, 401])
      expect(await seenBy(await tokenOf(stack, 'ofSales'))).toEqual(['carl'])
    })

    test('so do those of one who had no agent and comes into a team', async () => {
      const { stack, tokens, userIds } = world
      expect(await opens(tokens.ofNone)).toEqual([200, 200])
      const json = { name: 'ofNone', userId: Number(userIds.ofNone), team: 'sales' }
      const made = await requestJson(`${stack.url}/api/agents`, { token: tokens.admin, json })
      expect(made.status).toBe(201)
      await expect.poll(() => opens(tokens.ofNone)).toEqual([401, 401])
      const fresh = await tokenOf(stack, 'ofNone')
      expect(await opens(fresh)).toEqual([403, 200])
      expect(await seenBy(fresh)).toEqual(['anna'])
    })

    test('a user stays logged in, and is seen by the new team', async () => {
      const { stack, tokens } = world
      expect((await put(await agentOf('anna'), { team: 'support' })).status).toBe(200)
      expect(await opens(tokens.anna)).toEqual([200, 200])
      expect(await seenBy(await tokenOf(stack, 'ofNone'))).toEqual([])
      expect(await seenBy(await tokenOf(stack, 'ofSales'))).toEqual(['anna', 'carl'])
    })
  })
})

describe('with HOOKSWITCH_SUPERVISOR_REACH=all', () => {
  let world: ReachFixture
  beforeAll(async () => {
    world = await start({ HOOKSWITCH_SUPERVISOR_REACH: 'all' })
  })
  afterAll(() => world?.stop())

  rules(() => world, UNBOUNDED)
})

/** Every route that shows or commands a call or a file, asked by each of them for each one's. */
function rules(world: () => ReachFixture, table: readonly [Name, readonly Owner[]][]) {
  const each = table.flatMap(([name, reached]) =>
    WHOSE.map((owner) => [name, owner, reached.includes(owner)] as const),
  )
  const get = (path: string, name: Name, init = {}) =>
    requestJson(`${world().stack.url}${path}`, { token: world().tokens[name], ...init })

  test.each(table)('%s sees in lists %j', async (name, reached) => {
    const ofLive = (id: unknown) => WHOSE.filter((owner) => world().live[owner].id === id)
    const ids = async (path: string, member: string) => {
      const { calls } = (await get(path, name)).body as { calls: Record<string, unknown>[] }
      return calls.map((one) => one[member])
    }
    await expect
      .poll(async () => (await ids('/api/v1/calls', 'id')).flatMap(ofLive), { timeout: 10_000 })
      .toEqual([...reached])
    expect((await ids('/protected/call/active', 'channel')).flatMap(ofLive)).toEqual([...reached])

    const past = [...reached].reverse().map((owner) => `past.${owner}`)
    expect(await ids('/api/v1/calls/history', 'id')).toEqual(past)
    const csv = await fetch(`${world().stack.url}/api/v1/calls/history.csv`, {
      headers: { Authorization: `Bearer ${world().tokens[name]}` },
    })
    const rows = (await csv.text()).trim().split('\r\n').slice(1)
    expect(rows.map((row) => row.split(',')[0])).toEqual(past)
    for (const owner of PEOPLE[name].role === 'user' ? [] : WHOSE) {
      const query = `?user_id=${world().userIds[owner]}`
      const one = reached.includes(owner) ? [`past.${owner}`] : []
      expect(await ids(`/api/v1/calls/history${query}`, 'id')).toEqual(one)
    }
  })

  test.each(each)(
    '%s, a past call of %s, its recording and the link to it: %s',
    async (name, owner, reached) => {
      const path = `/api/v1/calls/history/past.${owner}`
      expect((await get(path, name)).status).toBe(reached ? 200 : 404)
      const { status, body } = await get(`${path}/recording-link`, name, { method: 'POST' })
      expect(status).toBe(reached ? 201 : 404)
      if (reached) expect((await fetch(`${world().stack.url}${body.url}`)).status).toBe(200)
    },
  )

  test.each(each)('%s, a live call of %s: %s', async (name, owner, reached) => {
    const { id } = world().live[owner]
    const path = `/api/v1/calls/${id}`
    expect((await get(path, name)).status).toBe(reached ? 200 : 404)
    const post = async (way: string, json?: object) =>
      (await get(`${path}/${way}`, name, { method: 'POST', json })).status
    for (const way of ['mute', 'unmute']) expect(await post(way)).toBe(reached ? 204 : 404)
    expect(await post('dtmf', { digits: '1' })).toBe(reached ? 204 : 404)
    for (const way of [
      'answer',
      'decline',
      'recording/pause',
      'recording/resume',
      'attended-transfer/complete',
    ]) {
      expect(await post(way)).toBe(reached ? 409 : 404)
    }
    if (reached) return
    for (const way of ['hangup', 'hold', 'unhold', 'park', 'attended-transfer/cancel']) {
      expect(await post(way)).toBe(404)
    }
    for (const way of ['transfer', 'attended-transfer']) expect(await post(way, { number: '1001' })).toBe(404)
    for (const way of ['answer', 'hangup']) {
      const json = { channel: id }
      expect((await get(`/protected/call/${way}`, name, { json })).status).toBe(404)
    }
  })

  test.each(each)('%s, files by the token and media links, of %s: %s', async (name, owner, reached) => {
    const { stack, tokens } = world()
    const token = tokens[name]
    // A path names no team: what is bounded by one has links of `recording-link` instead.
    const mayRead = reached && (name !== 'ofSales' || table === UNBOUNDED)
    const path = `${PEOPLE[owner].extension}/own.wav`
    expect(await mediaStatus(stack, path, token)).toBe(mayRead ? 200 : 403)
    const issued = await requestJson(`${stack.base}/media-links`, { token, json: { path, minutes: 1 } })
    expect(issued.status).toBe(mayRead ? 201 : 403)
    const seesAll = mayRead && name !== owner
    expect(await mediaStatus(stack, `2025/${owner}.wav`, token)).toBe(seesAll ? 200 : 403)
  })
}
