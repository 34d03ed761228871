import { describe, expect, test } from 'vitest'
import { until } from '../../../support/fixtures/users.ts'
import { createWorldOpener, tickAfter } from './fixtures/provisioning-worlds.ts'

const open = createWorldOpener()

describe('a removed user', () => {
  test('has its extension removed and its number quarantined', async () => {
    const world = await open()
    const { user } = await world.register()
    await world.users.remove(user.id, until)
    await tickAfter(world, 5)
    expect(world.pbx.extensions.size).toBe(0)
    const { changedAt } = (await world.extensions.find('2000')) ?? { changedAt: 0 }
    await tickAfter(world, 365 * 86_400)
    expect(await world.register('b@example.org')).toMatchObject({ extension: '2001' })
    await world.extensions.releaseQuarantined(changedAt + 1)
    expect(await world.register('c@example.org')).toMatchObject({ extension: '2000' })
  })

  test('during provisioning has the extension removed after that attempt, not before', async () => {
    const world = await open()
    world.pbx.faults.push({ code: 'unreachable', isDone: true })
    const { user } = await world.register()
    await world.users.remove(user.id, until)
    await tickAfter(world, 4)
    expect(world.pbx.asked).toEqual(['provide 2000'])
    await tickAfter(world, 1)
    expect(world.pbx.asked).toEqual(['provide 2000', 'remove 2000'])
    expect(world.pbx.extensions.size).toBe(0)
  })

  test('keeps an extension that the PBX has assigned to another person meanwhile', async () => {
    const world = await open()
    const { user } = await world.register()
    world.pbx.extensions.set('2000', { mark: 'other', secret: 'theirs' })
    await world.users.remove(user.id, until)
    await tickAfter(world, 5)
    expect(world.pbx.extensions.get('2000')?.secret).toBe('theirs')
    expect(await world.extensions.find('2000')).toMatchObject({ state: 'external', userId: null })
  })
})
