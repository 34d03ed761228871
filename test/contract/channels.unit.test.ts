import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { channelFor, privateChannelOf } from '../../contract/channels.ts'
import type { Role } from '../../contract/claims.ts'

const as = (role: Role, sub = '17') => ({ sub, role })
const ofTeam = { ...as('supervisor'), reach: 'team' as const }

describe('a channel asked for by name', () => {
  test.each([
    ['a user follows users-state', as('user'), 'users-state', 'state/users-state'],
    ['a supervisor follows active-calls', as('supervisor'), 'active-calls', 'state/active-calls'],
    ['one whose team bounds them does not', ofTeam, 'active-calls', undefined],
    ['but follows users-state', ofTeam, 'users-state', 'state/users-state'],
    ['and what is their own', ofTeam, 'me', 'user/17'],
    ['an admin follows active-calls', as('admin'), 'active-calls', 'state/active-calls'],
    ['a user does not', as('user'), 'active-calls', undefined],
    ['me is the user of the token', as('user', 'aB_9-'), 'me', 'user/aB_9-'],
    ['me is their own for an admin, too', as('admin', '1'), 'me', 'user/1'],
    ['an id is not asked for by name', as('admin'), '17', undefined],
    ['nor is what every object has', as('admin'), 'constructor', undefined],
  ])('%s', (_, claims, name, channel) => {
    expect(channelFor(claims, name)).toBe(channel)
  })

  test('nobody is led to another kind of channel, whatever their id and the name they ask for', () => {
    const claims = fc.record({
      sub: fc.stringMatching(/^[\x21-\x7e]{1,128}$/),
      role: fc.constantFrom<Role>('user', 'supervisor', 'admin'),
    })
    const name = fc.oneof(fc.constantFrom('me', 'users-state', 'active-calls'), fc.string())
    fc.assert(
      fc.property(claims, name, (who, asked) => {
        const channel = channelFor(who, asked)
        const own = `user/${who.sub}`
        expect([undefined, own, 'state/users-state', 'state/active-calls']).toContain(channel)
        // What nginx takes as the id of one channel.
        if (channel !== undefined) expect(channel).toMatch(/^[a-z]+\/[A-Za-z0-9_-]{1,64}$/)
      }),
    )
  })
})

describe('an id that cannot stand in the name of a channel', () => {
  test.each([
    ['a slash', 'a/b'],
    ['a blank', 'a b'],
    ['a dot', 'a.b'],
    ['65 letters', 'a'.repeat(65)],
    ['nothing', ''],
    ['a line', 'a\n'],
  ])('with %s has none', (_, id) => {
    expect(privateChannelOf(id)).toBeUndefined()
    expect(channelFor(as('admin', id), 'me')).toBeUndefined()
  })
})
