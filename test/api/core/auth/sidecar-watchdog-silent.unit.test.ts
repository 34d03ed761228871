import { describe, expect, test } from 'vitest'
import type { CutResult } from '../../../../contract/stream-end.ts'
import { createWorld, DEADLINE_MS } from './fixtures/sidecar-watchdog.ts'

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
