import { describe, expect, test } from 'vitest'
import { createWorld } from './fixtures/sidecar-watchdog.ts'

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
