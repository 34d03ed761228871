import { describe, expect, test } from 'vitest'
import { createProvisioningFixture } from '../../../support/provisioning-fixture.ts'
import { createWorldOpener } from './fixtures/provisioning-worlds.ts'

const open = createWorldOpener()

describe('who may register', () => {
  test('no client if registration is closed', async () => {
    const { register, users } = await open({ mode: 'closed' })
    await expect(register()).rejects.toMatchObject({ code: 'forbidden' })
    expect(await users.count()).toBe(0)
  })

  test('no client without a provisioner, and nothing is stored', async () => {
    const { register, users, extensions } = await open({ provisioning: undefined })
    await expect(register()).rejects.toMatchObject({ code: 'unavailable', detail: /no provisioner/ })
    expect([await users.count(), await extensions.find('2000')]).toEqual([0, undefined])
  })

  test.each([
    ['without an invitation', undefined],
    ['with an invitation that was never issued', 'inv_guessed'],
  ])('no client %s, which does not learn either who has an account', async (_, invitation) => {
    const { register, invitations } = await open({ mode: 'invitation' })
    const made = await invitations.invite({ email: null, days: 1, createdBy: null })
    await register('anna@example.org', made)
    const more = invitation === undefined ? {} : { invitation }
    await expect(register('anna@example.org', more)).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('an invitation works once, and is not consumed by a failed registration', async () => {
    const { register, invitations } = await open({ mode: 'invitation' })
    const [one, two] = [
      await invitations.invite({ email: null, days: 1, createdBy: null }),
      await invitations.invite({ email: null, days: 1, createdBy: null }),
    ]
    await register('anna@example.org', one)
    await expect(register('ANNA@example.org', two)).rejects.toMatchObject({ code: 'taken' })
    await register('boris@example.org', two)
    await expect(register('clara@example.org', two)).rejects.toMatchObject({ code: 'forbidden' })
  })
})

test('an address that is the username of an account is taken, in any spelling and with concurrent requests', async () => {
  const world = await createProvisioningFixture()
  await world.users.add({ username: 'boss@example.org', extension: null, role: 'user', passwordHash: '$' })
  await expect(world.register('ＢＯＳＳ@example.org')).rejects.toMatchObject({ code: 'taken' })
  const spellings = ['anna@example.org', 'ANNA@example.org', 'Anna@Example.org']
  const outcomes = await Promise.allSettled(spellings.map((email) => world.register(email)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await world.users.count()).toBe(2)
  await world.close()
})
