import { describe, expect, test } from 'vitest'
import { createSidecarWatchdog } from '../../../../api/core/auth/sidecar-watchdog.ts'
import type { CutResult } from '../../../../contract/stream-end.ts'
import { createLog } from '../../../../runtime/log.ts'

const TICK_MS = 250
const DEADLINE_MS = 750

/** A model: time passes in ticks, a sidecar answers or hangs until the deadline, nginx returns what the test sets. */
function createWorld({ sidecars = ['/run/s1.sock'], instances = ['/run/n1.sock'] } = {}) {
  let now = 1_000
  const hung = new Set<string>()
  const gates = new Map(
    sidecars.map((sidecar, n) => [sidecar, `gate-${n + 1}`] as [string, string | undefined]),
  )
  const results = new Map<string, CutResult | Promise<CutResult>>()
  const cuts: { at: number; instance: string; gate: string }[] = []
  const events: string[] = []
  const due: { at: number; done(): void }[] = []
  let asked = 0
  const later = (ms: number) => new Promise<void>((done) => due.push({ at: now + ms, done }))
  const watchdog = createSidecarWatchdog({
    sidecars,
    instances,
    async isResponding(sidecar) {
      asked += 1
      if (!hung.has(sidecar)) return true
      await later(DEADLINE_MS)
      return false
    },
    cohortOf: async (sidecar) => gates.get(sidecar),
    async closeStreams(instance, gate) {
      cuts.push({ at: now, instance, gate })
      return (await results.get(instance)) ?? 'cut'
    },
    monotonic: () => now,
    log: createLog('test', 'info', { write: (line) => void events.push(JSON.parse(line).event) }),
  })
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  /** Lets time pass; `blocked` means that no tick and no deadline was served meanwhile. */
  async function pass(ms: number, { blocked = false } = {}) {
    const end = now + ms
    if (blocked) now = end
    do {
      for (const one of due.splice(0)) {
        if (one.at <= now) one.done()
        else due.push(one)
      }
      watchdog.tick()
      await settle()
      if (now < end) now = Math.min(now + TICK_MS, end)
    } while (now < end)
  }
  return { pass, hung, gates, results, cuts, events, asked: () => asked, now: () => now }
}

describe('a sidecar that does not answer', () => {
  test('has its streams closed after two seconds: all streams of its cohort, at every instance', async () => {
    const world = createWorld({ instances: ['/run/n1.sock', '/run/n2.sock'] })
    await world.pass(5_000)
    expect([world.cuts, world.events]).toEqual([[], []])
    world.hung.add('/run/s1.sock')
    const since = world.now()
    await world.pass(1_750)
    expect(world.cuts).toEqual([])
    await world.pass(750)
    expect(world.cuts.map(({ instance, gate }) => [instance, gate])).toEqual([
      ['/run/n1.sock', 'gate-1'],
      ['/run/n2.sock', 'gate-1'],
    ])
    for (const { at } of world.cuts) expect(at - since).toBeLessThanOrEqual(2_250)
  })

  test('is probed by one request at a time', async () => {
    const world = createWorld()
    world.hung.add('/run/s1.sock')
    await world.pass(6_000)
    expect(world.asked()).toBeLessThanOrEqual(6_000 / DEADLINE_MS + 1)
  })

  test.each(['no_subscribers', 'unreachable'] as const)(
    'requests it again from an instance that returns "%s"',
    async (result) => {
      const world = createWorld({ instances: ['/run/n1.sock', '/run/n2.sock'] })
      world.results.set('/run/n1.sock', result)
      await world.pass(1_000)
      world.hung.add('/run/s1.sock')
      await world.pass(4_000)
      const of = (name: string) => world.cuts.filter(({ instance }) => instance === name)
      expect(of('/run/n1.sock').length).toBeGreaterThanOrEqual(7)
      expect(of('/run/n2.sock')).toHaveLength(1)
      world.results.set('/run/n1.sock', 'cut')
      await world.pass(250)
      const before = of('/run/n1.sock').length
      await world.pass(5_000)
      expect(of('/run/n1.sock').length).toBeLessThanOrEqual(before + 1)
    },
  )

  test('an instance that hangs delays no other, and gets one request at a time', async () => {
    const world = createWorld({ instances: ['/run/n1.sock', '/run/n2.sock'] })
    world.results.set('/run/n1.sock', new Promise(() => {}))
    world.results.set('/run/n2.sock', 'no_subscribers')
    await world.pass(1_000)
    world.hung.add('/run/s1.sock')
    await world.pass(5_000)
    expect(world.cuts.filter(({ instance }) => instance === '/run/n1.sock')).toHaveLength(1)
    expect(world.cuts.filter(({ instance }) => instance === '/run/n2.sock').length).toBeGreaterThan(5)
  })

  test('has the streams of its new cohort closed too when the cohort changes meanwhile', async () => {
    const world = createWorld()
    await world.pass(1_000)
    world.hung.add('/run/s1.sock')
    await world.pass(3_000)
    world.gates.set('/run/s1.sock', 'gate-new')
    await world.pass(1_000)
    expect(world.cuts.map(({ gate }) => gate)).toEqual(['gate-1', 'gate-new'])
  })

  test('has its streams closed as soon as its cohort can be read', async () => {
    const world = createWorld()
    world.gates.set('/run/s1.sock', undefined)
    await world.pass(1_000)
    world.hung.add('/run/s1.sock')
    await world.pass(4_000)
    expect(world.cuts).toEqual([])
    world.gates.set('/run/s1.sock', 'gate-1')
    await world.pass(500)
    expect(world.cuts).toHaveLength(1)
  })

  test('does not affect the streams of another sidecar', async () => {
    const world = createWorld({ sidecars: ['/run/s1.sock', '/run/s2.sock'] })
    await world.pass(1_000)
    world.hung.add('/run/s2.sock')
    await world.pass(5_000)
    expect(world.cuts.map(({ gate }) => gate)).toEqual(['gate-2'])
  })

  test('is logged once, and once when it answers again; the next time its streams are closed again', async () => {
    const world = createWorld()
    world.results.set('/run/n1.sock', 'no_subscribers')
    await world.pass(1_000)
    world.hung.add('/run/s1.sock')
    await world.pass(10_000)
    expect(world.events).toEqual(['sidecar_silent'])
    world.hung.clear()
    await world.pass(1_000)
    expect(world.events).toEqual(['sidecar_silent', 'sidecar_back'])
    const before = world.cuts.length
    await world.pass(5_000)
    expect(world.cuts).toHaveLength(before)
    world.results.set('/run/n1.sock', 'cut')
    world.hung.add('/run/s1.sock')
    await world.pass(4_000)
    expect(world.cuts).toHaveLength(before + 1)
    expect(world.events).toEqual(['sidecar_silent', 'sidecar_back', 'sidecar_silent'])
  })

  test('has its streams closed again, though the last request was still pending when it answered', async () => {
    const world = createWorld()
    let resolveCut = (_: CutResult) => {}
    world.results.set('/run/n1.sock', new Promise((resolve) => (resolveCut = resolve)))
    await world.pass(1_000)
    world.hung.add('/run/s1.sock')
    await world.pass(3_000)
    world.hung.clear()
    await world.pass(1_000)
    resolveCut('cut')
    world.hung.add('/run/s1.sock')
    await world.pass(4_000)
    expect(world.cuts).toHaveLength(2)
  })

  test('keeps its streams while it answers within two seconds each time', async () => {
    const world = createWorld()
    await world.pass(1_000)
    for (let n = 0; n < 20; n++) {
      world.hung.add('/run/s1.sock')
      await world.pass(1_000)
      world.hung.clear()
      await world.pass(1_000)
    }
    expect([world.cuts, world.events]).toEqual([[], []])
  })
})

describe('the API after it was suspended or blocked', () => {
  test('closes no streams for its own pause', async () => {
    const world = createWorld()
    await world.pass(1_000)
    for (let n = 0; n < 10; n++) {
      await world.pass(30_000, { blocked: true })
      await world.pass(500)
    }
    expect([world.cuts, world.events]).toEqual([[], []])
  })

  test('starts the timeout again: a sidecar that does not answer has two more seconds', async () => {
    const world = createWorld()
    await world.pass(1_000)
    world.hung.add('/run/s1.sock')
    await world.pass(1_500)
    await world.pass(10_000, { blocked: true })
    await world.pass(1_750)
    expect(world.cuts).toEqual([])
    await world.pass(750)
    expect(world.cuts).toHaveLength(1)
  })

  test('closes the streams of a silent sidecar once more, since it may have admitted clients meanwhile', async () => {
    const world = createWorld()
    await world.pass(1_000)
    world.hung.add('/run/s1.sock')
    await world.pass(4_000)
    expect(world.cuts).toHaveLength(1)
    await world.pass(10_000, { blocked: true })
    await world.pass(1_500)
    expect(world.cuts).toHaveLength(1)
    await world.pass(1_500)
    expect(world.cuts).toHaveLength(2)
    expect(world.events).toEqual(['sidecar_silent'])
  })

  test('is not assumed for a pause of a second or less', async () => {
    const world = createWorld()
    await world.pass(1_000)
    world.hung.add('/run/s1.sock')
    for (let n = 0; n < 3; n++) await world.pass(1_000, { blocked: true })
    expect(world.cuts).toHaveLength(1)
  })
})

describe('a sidecar that has never answered', () => {
  test('has ten seconds from the start', async () => {
    const world = createWorld()
    world.hung.add('/run/s1.sock')
    await world.pass(9_500)
    expect([world.cuts, world.events]).toEqual([[], []])
    await world.pass(1_000)
    expect(world.cuts).toHaveLength(1)
    expect(world.events).toEqual(['sidecar_silent'])
  })

  test('has two seconds after its first answer', async () => {
    const world = createWorld()
    world.hung.add('/run/s1.sock')
    await world.pass(4_000)
    world.hung.clear()
    await world.pass(1_000)
    world.hung.add('/run/s1.sock')
    await world.pass(2_500)
    expect(world.cuts).toHaveLength(1)
  })
})
