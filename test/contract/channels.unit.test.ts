import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { channelFor, privateChannelOf } from '../../contract/channels.ts'
import type { Role } from '../../contract/claims.ts'

const as = (role: Role, sub = '17') => ({ sub, role })
const ofTeam = { ...as('supervisor'), reach: 'team' as const }

describe('channelFor', () => {
  test.each([
    ['lets a user subscribe to users-state', as('user'), 'users-state', 'state/users-state'],
    ['lets a supervisor subscribe to active-calls', as('supervisor'), 'active-calls', 'state/active-calls'],
    ['denies active-calls to a supervisor who is limited to a team', ofTeam, 'active-calls', undefined],
    ['lets that supervisor subscribe to users-state', ofTeam, 'users-state', 'state/users-state'],
    ['lets that supervisor subscribe to their private channel', ofTeam, 'me', 'user/17'],
    ['lets an admin subscribe to active-calls', as('admin'), 'active-calls', 'state/active-calls'],
    ['denies active-calls to a user', as('user'), 'active-calls', undefined],
    ['maps me to the user of the token', as('user', 'aB_9-'), 'me', 'user/aB_9-'],
    ['maps me to the admin themselves', as('admin', '1'), 'me', 'user/1'],
    ['denies a user id as a name, even to an admin', as('admin'), '17', undefined],
    ['denies the name of an object member', as('admin'), 'constructor', undefined],
  ])('%s', (_, claims, name, channel) => {
    expect(channelFor(claims, name)).toBe(channel)
  })

  test('returns no other channel, for any id and any name', () => {
    const claims = fc.record({
      sub: fc.stringMatching(/^[\x21-\x7e]{1,128}$/),
      role: fc.constantFrom<Role>('user', 'supervisor', 'admin'),
    })
    const name = fc.oneof(fc.constantFrom('me', 'users-state', 'active-calls'), fc.string())
    fc.assert(
      fc.property(claims, name, (user, requested) => {
        const channel = channelFor(user, requested)
        const own = `user/${user.sub}`
        expect([undefined, own, 'state/users-state', 'state/active-calls']).toContain(channel)
        // The form that nginx accepts as the id of one channel.
        if (channel !== undefined) expect(channel).toMatch(/^[a-z]+\/[A-Za-z0-9_-]{1,64}$/)
      }),
    )
  })
})

describe('a user id that a channel name cannot contain', () => {
  test.each([
    ['a slash', 'a/b'],
    ['a blank', 'a b'],
    ['a dot', 'a.b'],
    ['65 letters', 'a'.repeat(65)],
    ['nothing', ''],
    ['a line', 'a\n'],
  ])('(%s) has no private channel', (_, id) => {
    expect(privateChannelOf(id)).toBeUndefined()
    expect(channelFor(as('admin', id), 'me')).toBeUndefined()
  })
})
