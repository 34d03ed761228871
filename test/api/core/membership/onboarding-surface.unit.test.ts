import { afterEach, expect, test } from 'vitest'
import { createWorld, type World } from '../../../onboarding/world.ts'

let world: World
afterEach(() => world.close())

test.each([
  ['an invitation of before', {}],
  ['one that makes an admin on the call centre’s surface', { role: 'admin', team: 'sales' }],
] as const)('%s makes a user with an extension on the onboarding surface', async (_, as) => {
  world = await createWorld({ mode: 'invitation' })
  const { invitation } = await world.invitations.invite({ email: null, days: 7, createdBy: null, ...as })
  const { user, extension } = await world.register('anna@example.org', { invitation })
  expect([user.role, extension]).toEqual(['user', '2000'])
  await expect(world.register('boris@example.org', { invitation })).rejects.toMatchObject({
    code: 'forbidden',
  })
})
