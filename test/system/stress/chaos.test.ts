import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { login, requestJson } from '../../support/http-client.ts'
import { addCheapUsers, CHEAP_PASSWORD } from '../../support/seed-users.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { startHostileClients } from './chaos/hostile-clients.ts'
import { type LogoutSessions, startLogoutSessions } from './chaos/logout-sessions.ts'
import { startMediaReaders } from './chaos/media-readers.ts'
import { sharedMemoryKb, streamCountOf } from './chaos/nchan-socket.ts'
import { type ProcessExits, watchProcessExits } from './chaos/process-exits.ts'
import { type ProcessFailure, startProcessFailures } from './chaos/process-failures.ts'
import { startPublisher } from './chaos/publisher.ts'
import { chaosReport } from './chaos/report.ts'
import { createSeededRandom } from './chaos/seeded-random.ts'
import { type StreamSubscribers, startSubscribers } from './chaos/stream-subscribers.ts'

/** Set it to 3600 for an hour. */
const SECONDS = Number(process.env.HOOKSWITCH_CHAOS_SECONDS ?? 25)
/** A run prints it, so that its choices can be repeated; when what happens still differs. */
const SEED = Number(process.env.HOOKSWITCH_CHAOS_SEED ?? Date.now() % 2 ** 32)
/** Keeps the stack's folder with its logs. */
const KEEP_DATA = process.env.HOOKSWITCH_CHAOS_KEEP !== undefined
const INSTANCES = [1, 2] as const
const FOLLOWER_SESSIONS = 10
/** HOOKSWITCH_MAX_STALENESS, in ms. */
const BOUND_MS = 5_000
/** What a dead instance costs, and more for a machine that does much else. */
const RECOVERY_MS = 3_000 + 5_000
/** A follower's longest time without news where nothing happened to it, and more for a machine that does much else. */
const GAP_MS = 5_000
/** How long clients may need to come back after all is well again, in ms. */
const RETURN_MS = 3_000
/** A loss, a gap and a death are noticed at different times. */
const NOTICED_MS = 1_500
/** Below this an instance of Nchan counts as empty, in kB. */
const LITTLE_MEMORY_KB = 1_000

let stack: Stack
let data: string | undefined
let deaths: ProcessExits
let followers: StreamSubscribers
let doomed: LogoutSessions
let disturbances: readonly ProcessFailure[]
const mediaAnswers = new Map<number, number>()
let lagMs = 0

const ready = async () => (await requestJson(`${stack.url}/_gate/ready`)).body
const sumOver = async (read: (instance: number) => Promise<number>) =>
  (await Promise.all(INSTANCES.map(read))).reduce((sum, one) => sum + one, 0)

beforeAll(
  async () => {
    data = mkdtempSync(join(tmpdir(), 'hs-'))
    const users = await addCheapUsers(data, 12)
    stack = await startStack({
      data,
      keepData: true,
      env: {
        HOOKSWITCH_STREAM_INSTANCES: '2',
        HOOKSWITCH_NGINX_WORKERS: '2',
        HOOKSWITCH_NCHAN_MEMORY: '128',
        // A stream ends with its token, so the tokens of followers live longer than the run.
        HOOKSWITCH_ACCESS_TTL: String(SECONDS + 3_600),
      },
    })
    const dice = createSeededRandom(SEED)
    const logIn = async () => (await login(stack, dice.pick(users), CHEAP_PASSWORD)).access
    const tokens = await Promise.all(Array.from({ length: FOLLOWER_SESSIONS }, logIn))
    const hostile = [await logIn(), await logIn(), 'nonsense']
    const prober = await logIn()

    deaths = watchProcessExits(stack)
    const publisher = startPublisher(stack, dice)
    followers = startSubscribers(stack, tokens, dice)
    await waitUntil('the followers are there', () => followers.open() === tokens.length * 2)
    const media = startMediaReaders(stack, tokens.slice(0, 3))
    const clients = startHostileClients(stack, () => dice.pick(hostile), dice, 5)
    doomed = startLogoutSessions(stack, logIn, dice, { everyMs: 400, boundMs: BOUND_MS })
    const trouble = startProcessFailures(stack, deaths, prober, dice)
    disturbances = trouble.all

    let beat = performance.now()
    const heart = setInterval(() => {
      lagMs = Math.max(lagMs, performance.now() - beat - 50)
      beat = performance.now()
    }, 50)
    for (let left = SECONDS; left > 0; left -= 60) {
      await sleep(Math.min(60, left) * 1_000)
      if (left > 60) console.log(`${Math.round(SECONDS - left + 60)} s: ${JSON.stringify(summary())}`)
    }
    await trouble.stop()
    await Promise.all([clients.stop(), doomed.stop(), media.stop()])
    clearInterval(heart)
    for (const [status, count] of media.statuses) mediaAnswers.set(status, count)
    await sleep(RETURN_MS)
    deaths.stop()
    console.log(`chaos, seed ${SEED}, ${data}: ${JSON.stringify(summary(), null, 1)}`)
    console.log('hostile clients:', Object.fromEntries(clients.outcomes))
    console.log('publications:', Object.fromEntries(publisher.statuses))
    stopPublishing = () => publisher.stop()
  },
  SECONDS * 1_200 + 240_000,
)
let stopPublishing = async () => {}
afterAll(async () => {
  followers?.stop()
  await stopPublishing()
  await stack?.stop()
  if (!KEEP_DATA && data !== undefined) rmSync(data, { recursive: true, force: true })
})

/** Whether something happened to an instance, or to what all streams share, in a time. */
function isDisturbed(from: number, to: number, instance: number | undefined): boolean {
  const concerns = (one: number | undefined) =>
    one === undefined || instance === undefined || one === instance
  return (
    disturbances.some((one) => concerns(one.instance) && one.from <= to && from <= one.to + RETURN_MS) ||
    deaths.all.some(
      ({ part, at }) => concerns(instanceOf(part)) && at - NOTICED_MS <= to && from <= at + RECOVERY_MS,
    )
  )
}

/** Of `stream-1` and `relay-1`; undefined for what all streams share. */
const instanceOf = (part: string) => {
  const number = /^(?:stream|relay)-(\d+)$/.exec(part)?.[1]
  return number === undefined ? undefined : Number(number)
}

const unexplainedLosses = () => followers.losses.filter((one) => !isDisturbed(one.at, one.at, one.instance))
const unexplainedGaps = () =>
  followers.gaps.filter(
    // One that came back may have been passed to the other instance meanwhile.
    ({ from, to, instance, hadLoss }) =>
      to - from > GAP_MS && !isDisturbed(from, to, hadLoss ? undefined : instance),
  )
const lateMessages = () => doomed.streamEnds.filter(({ newestAfterMs }) => newestAfterMs > BOUND_MS)

const readersNotEnded = () =>
  doomed.streamEnds.filter(({ reader, endedAfterMs }) => reader === 'reads' && endedAfterMs === undefined)

const summary = () => ({
  lagMs: Math.round(lagMs),
  unexplainedLosses: unexplainedLosses().length,
  unexplainedGaps: unexplainedGaps().length,
  ...chaosReport({ followers, doomed, deaths, disturbances }),
})

describe(`in ${SECONDS} s of hostile clients, readers that stop, logouts, kills and stops`, () => {
  test('the front and its workers lived on', () => {
    expect(deaths.frontChanges).toEqual([])
    expect(deaths.all.filter(({ part }) => part === 'nginx')).toEqual([])
  })

  test('an instance that was killed took streams again within 3 s', () => {
    const killed = disturbances.filter(({ what }) => what === 'kill instance')
    expect(killed.length).toBeGreaterThan(0)
    expect(killed.filter(({ from, to }) => to - from > RECOVERY_MS)).toEqual([])
  })

  test('a relay that was killed took streams again within 3 s', () => {
    const killed = disturbances.filter(({ what }) => what === 'kill relay')
    expect(killed.filter(({ from, to }) => to - from > RECOVERY_MS)).toEqual([])
  })

  test('a sidecar that was killed judged again within 3 s', () => {
    const killed = disturbances.filter(({ what }) => what === 'kill sidecar')
    expect(killed.filter(({ from, to }) => to - from > RECOVERY_MS)).toEqual([])
  })

  test('only streams to which something happened were lost', () => {
    expect(unexplainedLosses()).toEqual([])
  })

  test('followers of living sessions had no gap in which nothing happened to them', () => {
    expect(followers.snapshots()).toBeGreaterThan(SECONDS)
    expect(unexplainedGaps()).toEqual([])
  })

  test('no stream received what was published more than 5 s after its session’s logout', () => {
    expect(doomed.sessions()).toBeGreaterThan(SECONDS / 3)
    expect(lateMessages()).toEqual([])
  })

  test('streams of sessions that are over ended', () => {
    expect(readersNotEnded()).toEqual([])
  })

  test('files of living sessions were answered 200 or 503, those of dead ones 401 or 503', () => {
    expect([...mediaAnswers.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(doomed.lateMediaResponses).toEqual([])
  })
})

describe('afterwards', () => {
  test('every follower is there and sees what is published', async () => {
    const since = performance.now()
    await waitUntil('all see the news', () => followers.seen(since) === FOLLOWER_SESSIONS * 2, 20_000)
  })

  test('/_gate/ready shows the streams that are open, and no more', async () => {
    const open = FOLLOWER_SESSIONS * 2
    await waitUntil(
      'the instances have no other stream',
      async () => (await sumOver((n) => streamCountOf(stack, n))) === open,
      30_000,
    )
    await waitUntil('the sidecar counts them alone', async () => (await ready()).streams === open, 30_000)
    expect(await ready()).toMatchObject({ ready: true, trouble: null, stuck_instances: [] })
  })

  test('with all streams closed none is counted, and Nchan’s memory is free', async () => {
    await stopPublishing()
    followers.stop()
    await waitUntil('no stream is counted', async () => (await ready()).streams === 0, 30_000)
    await waitUntil(
      'the memory is free',
      async () =>
        (await Promise.all(INSTANCES.map((n) => sharedMemoryKb(stack, n)))).every(
          (kB) => kB < LITTLE_MEMORY_KB,
        ),
      30_000,
    )
  })
})
