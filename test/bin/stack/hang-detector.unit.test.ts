import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, describe, expect, test } from 'vitest'
import { watchForHang } from '../../../bin/stack/hang-detector.ts'

/** How long a program of these tests may stand still, in ms. */
const ALLOWED_MS = 1_500
/** How much later than that it may be noticed: a check is made every 500 ms, on a machine that does much else. */
const LATE_MS = 3_000

const PROGRAM = `process.on('message', (text) => {
  if (text === 'loop') for (;;) {}
  process.send(text)
})
process.send('begun')`

/** A program that repeats what it is sent, and its watch. */
interface Watched {
  child: ChildProcess
  lines: string[]
  /** When it ended, by `performance.now()`. */
  endedAt(): number | undefined
}

const running: (() => void)[] = []
afterAll(() => {
  for (const stop of running) stop()
})

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

interface WatchSettings {
  /** Whether it is watched at all. */
  isWatched?: boolean
  allowedMs?: number
  /** What it answers. */
  isReady?: boolean
}

async function watch(settings: WatchSettings = {}): Promise<Watched> {
  const { isWatched = true, allowedMs = ALLOWED_MS, isReady = true } = settings
  const child = spawn(process.execPath, ['-e', PROGRAM], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  })
  running.push(() => child.kill('SIGKILL'))
  let endedAt: number | undefined
  child.once('exit', () => {
    endedAt = performance.now()
  })
  await new Promise((resolve) => child.once('message', resolve))
  const ready = async () => {
    const heard = once(child, 'message', { signal: AbortSignal.timeout(1_000) })
    if (child.connected) child.send('ready?', () => {})
    await heard
    return isReady
  }
  const lines: string[] = []
  const spec = { name: 'one', ready, ...(isWatched ? { hangTimeoutMs: allowedMs } : {}) }
  const stop = watchForHang(
    spec,
    () => child.pid,
    (line) => lines.push(line),
  )
  running.push(stop)
  return { child, lines, endedAt: () => endedAt }
}

/** Waits until it has ended or so much time has passed. */
async function endOf({ endedAt }: Watched, withinMs: number): Promise<number | undefined> {
  const until = performance.now() + withinMs
  while (endedAt() === undefined && performance.now() < until) await wait(20)
  return endedAt()
}

describe.concurrent('a program', () => {
  test('that is stopped is killed after the time it may stand still, and not before', async () => {
    const watched = await watch()
    await wait(700)
    const stoppedAt = performance.now()
    watched.child.kill('SIGSTOP')
    const endedAt = await endOf(watched, ALLOWED_MS + LATE_MS)
    expect(watched.child.signalCode).toBe('SIGKILL')
    // It may have answered last one check before it was stopped.
    expect(Number(endedAt) - stoppedAt).toBeGreaterThan(ALLOWED_MS - 600)
    expect(watched.lines).toEqual([expect.stringMatching(/^one answers nothing for \d\.\d s \(state T\)/)])
  })

  test('that is stopped for a shorter time is not killed', async () => {
    const watched = await watch({ allowedMs: 3_000 })
    watched.child.kill('SIGSTOP')
    await wait(1_200)
    watched.child.kill('SIGCONT')
    expect(await endOf(watched, 3_500)).toBeUndefined()
    expect(watched.lines).toEqual([])
  })

  test('that answers is not killed', async () => {
    const watched = await watch()
    expect(await endOf(watched, ALLOWED_MS * 3)).toBeUndefined()
    expect(watched.lines).toEqual([])
  })

  test('that answers that it cannot do its work is killed', async () => {
    const watched = await watch({ isReady: false })
    expect(await endOf(watched, ALLOWED_MS + LATE_MS)).toBeDefined()
  })

  test('that is busy gets five times as long', async () => {
    const watched = await watch({ allowedMs: 1_000 })
    const busySince = performance.now()
    watched.child.send('loop')
    const endedAt = await endOf(watched, 5_000 + LATE_MS)
    expect(Number(endedAt) - busySince).toBeGreaterThan(5_000 - 600)
    expect(watched.lines).toEqual([expect.stringContaining('(state R)')])
  })

  test('that nothing is asked of is not killed although it stands still', async () => {
    const watched = await watch({ isWatched: false })
    watched.child.kill('SIGSTOP')
    expect(await endOf(watched, ALLOWED_MS * 2)).toBeUndefined()
  })
})

describe('after this process has stood still itself', () => {
  const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

  test('a program that answers is not killed', async () => {
    const watched = await watch()
    await wait(200)
    block(ALLOWED_MS * 2)
    expect(await endOf(watched, 1_200)).toBeUndefined()
    expect(watched.lines).toEqual([])
  })

  test('a stopped program gets its whole time anew', async () => {
    const watched = await watch({ allowedMs: 2_000 })
    watched.child.kill('SIGSTOP')
    block(2_500)
    const wokenAt = performance.now()
    const endedAt = await endOf(watched, 2_000 + LATE_MS)
    expect(Number(endedAt) - wokenAt).toBeGreaterThan(2_000 - 100)
  })
})

test('a program that took another’s place gets its whole time', async () => {
  const [first, second] = [await watch({ isWatched: false }), await watch({ isWatched: false })]
  for (const { child } of [first, second]) child.kill('SIGSTOP')
  let pid = first.child.pid
  let changedAt = Number.NaN
  const stop = watchForHang(
    { name: 'one', ready: async () => false, hangTimeoutMs: 2_000 },
    () => pid,
    () => {},
  )
  running.push(stop)
  await wait(1_400)
  pid = second.child.pid
  changedAt = performance.now()
  const endedAt = await endOf(second, 2_000 + LATE_MS)
  expect(Number(endedAt) - changedAt).toBeGreaterThan(2_000 - 100)
  expect(first.endedAt()).toBeUndefined()
})
