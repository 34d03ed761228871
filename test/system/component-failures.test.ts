import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectRedis } from '../../runtime/redis.ts'
import {
  login,
  logout,
  publish,
  requestJson,
  type SessionTokens,
  type SseSubscription,
  subscribeSse,
} from '../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../support/stack.ts'

const BOUND_S = 3
const FILE = '1001/hello.wav'

let stack: Stack
/** Logged in all the while, and what follows users-state with it. */
let live: SessionTokens
let follower: SseSubscription
/** Logged out before anything goes wrong. */
let dead: SessionTokens

beforeEach(async () => {
  stack = await startStack({ env: { HOOKSWITCH_MAX_STALENESS: String(BOUND_S) } })
  await publish(stack, { states: {} })
  live = await login(stack)
  dead = await login(stack)
  await logout(stack, dead)
  follower = subscribeSse(stack, live.access)
  await waitUntil('the stream is open', () => follower.messages.length > 0)
})
afterEach(async () => {
  follower?.close()
  await stack?.stop()
})

/** 0 stands for no answer at all. */
const media = ({ access }: SessionTokens) =>
  requestJson(`${stack.url}/media/${FILE}`, { token: access }).then(
    ({ status }) => status,
    () => 0,
  )

/** Asks again and again with both tokens, and keeps every status there was. */
function recordStatuses() {
  const seen = { live: new Set<number>(), dead: new Set<number>(), rounds: 0 }
  let stopped = false
  const loop = (async () => {
    while (!stopped) {
      const [one, other] = await Promise.all([media(live), media(dead)])
      seen.live.add(one)
      seen.dead.add(other)
      seen.rounds += 1
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })()
  return async () => {
    stopped = true
    await loop
    return seen
  }
}

/** During a failure ended sessions never get in, and live ones get at worst a 503. */
async function expectGateHeld(stop: ReturnType<typeof recordStatuses>) {
  const { live: living, dead: refused, rounds } = await stop()
  expect(rounds).toBeGreaterThan(10)
  expect([...refused].filter((status) => status !== 401 && status !== 503)).toEqual([])
  expect([...living].filter((status) => status !== 200 && status !== 503)).toEqual([])
}

async function recovered() {
  await waitUntil('the living are let in', async () => (await media(live)) === 200)
  await waitUntil('the dead are told so', async () => (await media(dead)) === 401)
  await waitUntil('the api is ready', async () => (await requestJson(`${stack.url}/ready`)).status === 200)
  const fresh = await login(stack, 'user2')
  expect((await logout(stack, fresh)).status).toBe(200)
  await waitUntil('the gate has heard it', async () => (await media(fresh)) === 401)
  const { status } = await requestJson(`${stack.base}/auth/refresh`, { method: 'POST', token: live.refresh })
  expect(status).toBe(200)
}

async function redis<T>(deed: (client: ReturnType<typeof connectRedis>) => Promise<T>): Promise<T> {
  const client = connectRedis(`unix:${join(stack.run, 'redis.sock')}`, () => {})
  await client.connect()
  try {
    return await deed(client)
  } finally {
    client.disconnect()
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('Redis', () => {
  test('killed: streams stay, clients are refused only for a moment, and no revocation is lost', async () => {
    const stop = recordStatuses()
    const before = stack.pid('redis')
    stack.signal('redis', 'SIGKILL')
    await waitUntil('another Redis', () => stack.pid('redis') !== before)
    await recovered()
    await expectGateHeld(stop)
    expect(follower.opens()).toBe(1)
    await publish(stack, { states: {}, after: 'restart' })
    await waitUntil('the stream goes on', () => follower.messages.at(-1)?.after === 'restart')
  })

  test('frozen: within the staleness bound all goes on, beyond it no token is accepted, and a thaw restores it', async () => {
    const doomed = await login(stack)
    const stop = recordStatuses()
    stack.signal('redis', 'SIGSTOP')
    const refusedLogout = await logout(stack, doomed)
    expect(refusedLogout).toMatchObject({ status: 503, body: { success: false } })
    expect(refusedLogout.headers.get('retry-after')).toMatch(/^\d+$/)

    await waitUntil('nobody can be judged', async () => (await media(live)) === 503)
    expect(await media(doomed)).toBe(503)
    const answer = await requestJson(`${stack.url}/media/${FILE}`, { token: live.access })
    expect(answer.headers.get('retry-after')).toBe('1')
    const late = await requestJson(`${stack.base}/auth/login`, {
      json: { username: 'user1', password: 'password' },
    })
    expect(late.status).toBe(503)
    expect((await requestJson(`${stack.base}/profile`, { token: live.access })).status).toBe(503)
    await waitUntil('no stream outlives what is known', () => follower.lostAt() !== undefined)

    stack.signal('redis', 'SIGCONT')
    await recovered()
    await waitUntil('what was ended meanwhile is over', async () => (await media(doomed)) === 401)
    await waitUntil(
      'the stream came back by itself',
      () => follower.opens() > 1 && follower.lostAt() === undefined,
    )
    await expectGateHeld(stop)
  })

  test('flushed: the log is filled from the database, so no ended session gets in and no live one is logged out', async () => {
    const stop = recordStatuses()
    for (const _ of [1, 2, 3]) {
      await redis((client) => client.flushall())
      await pause(200)
    }
    await recovered()
    await expectGateHeld(stop)
  })

  test('full: what cannot be revoked is not let in for longer than the bound', async () => {
    const doomed = await login(stack)
    const stop = recordStatuses()
    await redis((client) => client.config('SET', 'maxmemory', '1'))
    expect((await logout(stack, doomed)).status).toBe(503)
    await waitUntil('nobody can be judged', async () => (await media(doomed)) === 503)
    expect(await media(live)).toBe(503)

    await redis((client) => client.config('SET', 'maxmemory', '0'))
    await recovered()
    await waitUntil('what was ended meanwhile is over', async () => (await media(doomed)) === 401)
    await expectGateHeld(stop)
  })

  test('replaced by an older copy of itself: what was revoked since stays revoked', async () => {
    const folder = join(stack.data, 'redis')
    cpSync(folder, `${folder}.old`, { recursive: true })
    const late = await login(stack)
    await logout(stack, late)
    expect(await media(late)).toBe(401)

    const before = stack.pid('redis')
    stack.signal('redis', 'SIGKILL')
    rmSync(folder, { recursive: true })
    cpSync(`${folder}.old`, folder, { recursive: true })
    const stop = recordStatuses()
    await waitUntil('another Redis', () => stack.pid('redis') !== before)
    const seen = new Set<number>()
    for (let round = 0; round < 40; round += 1) {
      seen.add(await media(late))
      await pause(50)
    }
    expect([...seen].filter((status) => status !== 401 && status !== 503)).toEqual([])
    await recovered()
    // A sidecar that starts now has only Redis to learn from.
    const sidecar = stack.pid('sidecar')
    stack.signal('sidecar', 'SIGKILL')
    await waitUntil('another sidecar', () => stack.pid('sidecar') !== sidecar)
    await waitUntil('it judges', async () => (await media(live)) === 200)
    expect(await media(late)).toBe(401)
    await expectGateHeld(stop)
  })
})

describe('the sidecar', () => {
  test('killed under load: no wrong answer, and the streams it let in are judged again', async () => {
    const stop = recordStatuses()
    const load = Array.from({ length: 8 }, recordStatuses)
    const before = stack.pid('sidecar')
    stack.signal('sidecar', 'SIGKILL')
    // Ended while no sidecar listens: its stream must not survive.
    const doomed = await login(stack, 'user3')
    await waitUntil('another sidecar', () => stack.pid('sidecar') !== before)
    await logout(stack, doomed)
    await recovered()
    await waitUntil('the stream came back', () => follower.opens() > 1 && follower.lostAt() === undefined)
    for (const one of [stop, ...load]) await expectGateHeld(one)
  })

  test('killed, and a session ended before it is back: its stream is cut all the same', async () => {
    const doomed = await login(stack, 'user2')
    const doomedFollower = subscribeSse(stack, doomed.access)
    await waitUntil('its stream is open', () => doomedFollower.messages.length > 0)
    stack.signal('sidecar', 'SIGKILL')
    expect((await logout(stack, doomed)).status).toBe(200)
    await waitUntil('it is cut and refused', () => doomedFollower.isClosed())
  })
})

describe('the api', () => {
  test('killed while it ends sessions: each is over everywhere or alive everywhere', async () => {
    // Each start after a kill waits longer than the one before.
    for (const afterMs of [0, 3, 6, 10]) {
      const session = await login(stack, 'user2')
      const stream = subscribeSse(stack, session.access)
      await waitUntil('its stream is open', () => stream.messages.length > 0)
      const before = stack.pid('api')
      const answer = logout(stack, session).then(
        ({ status }) => status,
        () => 0,
      )
      await pause(afterMs)
      stack.signal('api', 'SIGKILL')
      const status = await answer
      await waitUntil('another api', () => stack.pid('api') !== before)
      await waitUntil('it is ready', async () => (await requestJson(`${stack.url}/ready`)).status === 200)
      // Revocations that waited in SQL are published soon after the API has started again.
      await pause(1_500)

      const refreshed = await requestJson(`${stack.base}/auth/refresh`, {
        method: 'POST',
        token: session.refresh,
      })
      const isOver = refreshed.status === 401
      if (status === 200) expect(isOver).toBe(true)
      expect(await requestJson(`${stack.base}/profile`, { token: session.access })).toMatchObject({
        status: isOver ? 401 : 200,
      })
      expect((await requestJson(`${stack.base}/sub/users-state`, { token: session.access })).status).toBe(
        isOver ? 401 : 200,
      )
      if (isOver) await waitUntil('its stream is cut for good', () => stream.isClosed())
      else expect(stream.lostAt()).toBeUndefined()
      stream.close()
    }
  })

  test('gone: the gate goes on without it', async () => {
    stack.signal('api', 'SIGSTOP')
    await pause((BOUND_S + 1) * 1_000)
    expect(await media(live)).toBe(200)
    expect(await media(dead)).toBe(401)
    expect(follower.lostAt()).toBeUndefined()
    stack.signal('api', 'SIGCONT')
    await recovered()
  })
})

describe('nginx', () => {
  test('reloaded under 500 streams: all come back and see the snapshot', async () => {
    const tokens = await Promise.all(Array.from({ length: 10 }, () => login(stack, 'user3')))
    const followers = Array.from({ length: 500 }, (_, n) => subscribeSse(stack, tokens[n % 10]?.access ?? ''))
    try {
      await waitUntil('all are open', () => followers.every((one) => one.messages.length > 0), 60_000)
      await publish(stack, { states: {}, before: 'reload' })
      await waitUntil('all saw it', () => followers.every((one) => one.messages.at(-1)?.before === 'reload'))
      const counts = followers.map((one) => one.messages.length)
      stack.signal('nginx', 'SIGHUP')
      await waitUntil(
        'all came back and saw it again',
        () => followers.every((one, n) => one.opens() === 2 && one.messages.length > (counts[n] ?? 0)),
        60_000,
      )
      await logout(stack, tokens[0] as SessionTokens) // there are ten
      await waitUntil('those of an ended session are over', () =>
        followers.every((one, n) => (n % 10 === 0) === one.isClosed()),
      )
    } finally {
      for (const one of followers) one.close()
    }
  })
})
