import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AttemptOutcome } from '../../../../api/core/auth/attempt-counters.ts'
import { createLogin, type LoginNeeds } from '../../../../api/core/auth/login.ts'
import { createLoginAttempts, type LoginAttemptsSettings } from '../../../../api/core/auth/login-attempts.ts'
import type { OpenedSession } from '../../../../api/core/auth/sessions.ts'
import { createAttemptCounters } from '../../../../api/store/redis/attempt-counters.ts'
import { createKnownNetworks } from '../../../../api/store/redis/known-networks.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'
import { sampleUser } from '../../../support/sample-user.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis({ cluster: true })
})
afterAll(() => server.stop())

const perAccount = { max: 3, window: 60 }
const settings = { surface: 'test', perAddress: { max: 8, window: 60 }, perAccount }

const ANNA = { id: 'anna', revision: 0 }
const CRASHED = { id: 'crashed', revision: 0 }

const attemptsOn = (redis: Redis, settings: LoginAttemptsSettings) =>
  createLoginAttempts(
    { countersFor: createAttemptCounters(redis), knownNetworks: createKnownNetworks(redis) },
    settings,
  )

/** Two API processes on one Redis, or one without Redis; the returned function makes one attempt of some ms. */
async function world(isAway: boolean) {
  const redis = [await server.connect(), await server.connect()]
  if (isAway) for (const one of redis) one.disconnect()
  // Without Redis each process has its own counters, so there is one process.
  const all = redis.slice(0, isAway ? 1 : 2).map((one) => attemptsOn(one, settings))
  let turn = 0
  return async (id: string, address: string, outcome: AttemptOutcome) => {
    turn += 1
    const account = { id, revision: 0 }
    const attempts = all[turn % all.length]
    try {
      await attempts?.check(account, address)
      const attempt = await attempts?.reserve(account, address)
      await new Promise((resolve) => setTimeout(resolve, 5))
      await attempt?.end(outcome)
      return 'tried'
    } catch (err) {
      const { code, retryAfter } = err as { code: string; retryAfter: number }
      return retryAfter > 0 && retryAfter <= 60 ? code : `${code} ${retryAfter}`
    }
  }
}
const count = (all: string[], what: string) => all.filter((one) => one === what).length

describe.each([
  ['Redis', false],
  ['the process while Redis is unreachable', true],
])('attempts that are counted in %s', (name, isAway) => {
  test('100 failures at once from one network are limited per account', async () => {
    const guess = await world(isAway)
    const results = await Promise.all(
      Array.from({ length: 100 }, () => guess(`${name} a`, `192.0.2.${isAway ? 1 : 2}`, 'failure')),
    )
    expect([count(results, 'tried'), count(results, 'throttled')]).toEqual([3, 97])
  })

  test('100 failures at once from as many networks are limited to ten times that', async () => {
    const guess = await world(isAway)
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, n) => guess(`${name} e`, `198.18.0.${n}`, 'failure')),
    )
    expect([count(results, 'tried'), count(results, 'throttled')]).toEqual([30, 70])
  })

  test('a network from which the account has logged in is not throttled by failures elsewhere, and has its own limit', async () => {
    const guess = await world(isAway)
    const home = `198.19.${isAway ? 1 : 2}.1`
    expect(await guess(`${name} f`, home, 'success')).toBe('tried')
    await Promise.all(Array.from({ length: 40 }, (_, n) => guess(`${name} f`, `198.18.1.${n}`, 'failure')))
    expect(await guess(`${name} f`, `198.19.${isAway ? 1 : 2}.2`, 'success')).toBe('throttled')
    const results: string[] = []
    for (const outcome of ['success', 'failure', 'failure', 'failure', 'success'] as const)
      results.push(await guess(`${name} f`, home, outcome))
    expect(results).toEqual([...Array(4).fill('tried'), 'throttled'])
  })

  test('100 failures at once of as many accounts are limited per address', async () => {
    const guess = await world(isAway)
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        guess(`${name} b${n}`, `2001:db8:${isAway ? 1 : 2}::${n}`, 'failure'),
      ),
    )
    expect([count(results, 'tried'), count(results, 'throttled')]).toEqual([8, 92])
  })

  test.each<[AttemptOutcome]>([['success'], ['void']])(
    '100 attempts that end as %s wait for each other and are not counted',
    async (outcome) => {
      const guess = await world(isAway)
      const one = () => guess(`${name} ${outcome}`, `198.51.100.${isAway ? 1 : 2}`, outcome)
      for (let round = 0; round < 2; round += 1)
        expect(count(await Promise.all(Array.from({ length: 50 }, one)), 'tried')).toBe(50)
    },
  )

  test('a success resets the counter of the account, and not that of the address', async () => {
    const guess = await world(isAway)
    const address = `203.0.113.${isAway ? 1 : 2}`
    const results: string[] = []
    for (const outcome of ['failure', 'failure', 'success', 'failure', 'failure', 'success'] as const)
      results.push(await guess(`${name} c`, address, outcome))
    expect(results).toEqual(Array(6).fill('tried'))
    for (let n = 0; n < 5; n += 1) results.push(await guess(`${name} d${n}`, address, 'failure'))
    expect(results.slice(6)).toEqual([...Array(4).fill('tried'), 'throttled'])
  })
})

test('an attempt of a process that crashed stays reserved for some seconds', async () => {
  const redis = await server.connect()
  const attempts = attemptsOn(redis, { ...settings, perAccount: { max: 1, window: 60 } })
  await attempts.reserve(CRASHED, '192.0.2.200')
  const begunAt = performance.now()
  await (await attempts.reserve(CRASHED, '192.0.2.200')).end('success')
  expect(performance.now() - begunAt).toBeGreaterThan(3_000)
})

/** How many attempts are reserved, per key, in the counters of a name. */
async function underway(name: string): Promise<number[]> {
  const redis = await server.connect()
  const keys = await redis.keys(`*attempts:${name}:*:underway`)
  const [seconds, microseconds] = (await redis.time()).map(Number) as [number, number]
  const now = seconds * 1_000 + Math.floor(microseconds / 1_000)
  // One that has expired is removed by the next reservation only. Redis has its time of expiry in ms, as RESERVE.
  return Promise.all(keys.map((key) => redis.zcount(key, `(${now}`, '+inf')))
}

test('an attempt that the counter of all networks refuses is reserved in no other counter', async () => {
  await (await server.connect()).flushall()
  const limits = { surface: 'refused', perAddress: { max: 8, window: 60 } }
  const attempts = attemptsOn(await server.connect(), {
    ...limits,
    perAccount: { max: 1, window: 60 },
  })
  for (let n = 0; n < 10; n += 1) await (await attempts.reserve(ANNA, `198.18.2.${n}`)).end('failure')
  await expect(attempts.reserve(ANNA, '198.18.2.99')).rejects.toMatchObject({ code: 'throttled' })
  expect(await underway('*')).toEqual([])
})

test('an attempt that had to wait is reserved in every counter', async () => {
  await (await server.connect()).flushall()
  const attempts = attemptsOn(await server.connect(), {
    ...settings,
    surface: 'waited',
    perAccount: { max: 1, window: 60 },
  })
  // It never ends: its reservations expire.
  await attempts.reserve(ANNA, '192.0.2.201')
  const waited = await attempts.reserve(ANNA, '192.0.2.201')
  expect(await underway('address:waited')).toEqual([1])
  expect(await underway('place')).toEqual([1])
  await waited.end('void')
  expect(await underway('*')).toEqual([])
})

test('a change of the account lifts its lock, and keeps its known networks', async () => {
  const anna = sampleUser({ id: '7', passwordHash: 'right' })
  const needs: Omit<LoginNeeds, 'attempts'> = {
    users: { findByLogin: async () => anna, find: async () => anna },
    passwords: {
      async verify(hash, password, turn) {
        await turn?.beforeVerify?.()
        return hash === password
      },
    },
    // The test reads nothing else of the session.
    sessions: { open: async () => ({ sessionId: 's' }) as OpenedSession, logout: async () => {} },
    signInTickets: { redeem: async () => undefined },
    securityLog: { write() {} },
  }
  const attempts = attemptsOn(await server.connect(), { ...settings, surface: 'changed' })
  const { login } = createLogin({ ...needs, attempts })
  const from = (address: string, password: string) =>
    login({ username: 'anna', password }, {
      surface: 'v1',
      address,
      userAgent: '',
      extraClaims: () => ({}),
      refreshWith: 'jwt',
    } as Parameters<typeof login>[1]).then(
      () => 'right',
      (err) => err.code,
    )
  const flood = (net: number) =>
    Promise.all(Array.from({ length: 40 }, (_, n) => from(`198.18.${net}.${n}`, 'wrong')))
  const [home, other] = ['198.19.7.1', '198.19.8.1']

  expect(await from(home, 'right')).toBe('right')
  await flood(3)
  expect(await from(other, 'right')).toBe('throttled')
  anna.revision += 1
  expect(await from('198.19.9.1', 'right')).toBe('right')
  await flood(4)
  expect([await from(other, 'right'), await from(home, 'right')]).toEqual(['throttled', 'right'])
})
