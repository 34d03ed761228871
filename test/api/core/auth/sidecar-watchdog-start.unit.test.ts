import { describe, expect, test } from 'vitest'
import { createWorld } from './fixtures/sidecar-watchdog.ts'

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
