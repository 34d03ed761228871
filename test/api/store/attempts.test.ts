import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Outcome } from '../../../api/core/attempts.ts'
import { createAttempts } from '../../../api/store/redis/attempts.ts'
import { type RedisServer, startRedis } from '../../support/redis.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis({ cluster: true })
})
afterAll(() => server.stop())

const perAccount = { most: 3, window: 60 }
const settings = { surface: 'test', perAddress: { most: 8, window: 60 }, perAccount }

/** Two APIs on one Redis, or on none; `guess` tries and lets others try in the meantime. */
async function world(isAway: boolean) {
  const redis = [await server.connect(), await server.connect()]
  if (isAway) for (const one of redis) one.disconnect()
  // While Redis is away each counts for itself, so there is one.
  const all = redis.slice(0, isAway ? 1 : 2).map((one) => createAttempts(one, settings))
  let turn = 0
  return async (account: string, address: string, outcome: Outcome) => {
    turn += 1
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
  ['the process while Redis is away', true],
])('attempts that are counted in %s', (name, isAway) => {
  test('of 100 wrong ones at once the account gets its limit in a network', async () => {
    const guess = await world(isAway)
    const said = await Promise.all(
      Array.from({ length: 100 }, () => guess(`${name} a`, `192.0.2.${isAway ? 1 : 2}`, 'wrong')),
    )
    expect([count(said, 'tried'), count(said, 'throttled')]).toEqual([3, 97])
  })

  test('of 100 wrong ones at once from as many networks the account gets ten times that', async () => {
    const guess = await world(isAway)
    const said = await Promise.all(
      Array.from({ length: 100 }, (_, n) => guess(`${name} e`, `198.18.0.${n}`, 'wrong')),
    )
    expect([count(said, 'tried'), count(said, 'throttled')]).toEqual([30, 70])
  })

  test('where an account has logged in, wrong ones from elsewhere hold nothing up, and it has its own limit', async () => {
    const guess = await world(isAway)
    const home = `198.19.${isAway ? 1 : 2}.1`
    expect(await guess(`${name} f`, home, 'right')).toBe('tried')
    await Promise.all(Array.from({ length: 40 }, (_, n) => guess(`${name} f`, `198.18.1.${n}`, 'wrong')))
    expect(await guess(`${name} f`, `198.19.${isAway ? 1 : 2}.2`, 'right')).toBe('throttled')
    const said: string[] = []
    for (const outcome of ['right', 'wrong', 'wrong', 'wrong', 'right'] as const)
      said.push(await guess(`${name} f`, home, outcome))
    expect(said).toEqual([...Array(4).fill('tried'), 'throttled'])
  })

  test('of 100 wrong ones at once the address gets its limit, over all accounts', async () => {
    const guess = await world(isAway)
    const said = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        guess(`${name} b${n}`, `2001:db8:${isAway ? 1 : 2}::${n}`, 'wrong'),
      ),
    )
    expect([count(said, 'tried'), count(said, 'throttled')]).toEqual([8, 92])
  })

  test.each<[Outcome]>([['right'], ['void']])(
    '100 that are %s at once wait, and leave no count',
    async (outcome) => {
      const guess = await world(isAway)
      const one = () => guess(`${name} ${outcome}`, `198.51.100.${isAway ? 1 : 2}`, outcome)
      for (let round = 0; round < 2; round += 1)
        expect(count(await Promise.all(Array.from({ length: 50 }, one)), 'tried')).toBe(50)
    },
  )

  test('a right one lets the account start afresh, and leaves the address its failures', async () => {
    const guess = await world(isAway)
    const address = `203.0.113.${isAway ? 1 : 2}`
    const said: string[] = []
    for (const outcome of ['wrong', 'wrong', 'right', 'wrong', 'wrong', 'right'] as const)
      said.push(await guess(`${name} c`, address, outcome))
    expect(said).toEqual(Array(6).fill('tried'))
    for (let n = 0; n < 5; n += 1) said.push(await guess(`${name} d${n}`, address, 'wrong'))
    expect(said.slice(6)).toEqual([...Array(4).fill('tried'), 'throttled'])
  })
})

test('a process that dies in an attempt holds its place for a while', async () => {
  const redis = await server.connect()
  const attempts = createAttempts(redis, { ...settings, perAccount: { most: 1, window: 60 } })
  await attempts.reserve('dead', '192.0.2.200')
  const begunAt = performance.now()
  await (await attempts.reserve('dead', '192.0.2.200')).end('right')
  expect(performance.now() - begunAt).toBeGreaterThan(3_000)
})
