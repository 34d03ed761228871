import { describe, expect, it } from 'vitest'
import { attemptTargetOf, createPasswordCheck } from '../../../../api/core/auth/password-check.ts'
import type { User } from '../../../../api/core/auth/users.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { sampleUser } from '../../../support/sample-user.ts'

/** A check with a PBX that knows `1234`, app passwords that begin with `app-`, and what it asked and counted. */
function createFixture({ isPbxAway = false } = {}) {
  const events: string[] = []
  const check = createPasswordCheck({
    passwords: {
      async verify(hash, password, options) {
        await options?.beforeVerify?.()
        events.push(`local ${hash}`)
        return hash === password
      },
    },
    attempts: {
      check: async () => {},
      async reserve() {
        events.push('reserved')
        return { end: async (outcome) => void events.push(outcome) }
      },
    },
    remoteAuthorities: {
      phone: {
        async verify(user, password, { beforeVerify }) {
          await beforeVerify()
          if (isPbxAway) throw new Refusal('unavailable')
          events.push(`pbx ${user.username}`)
          return password === '1234'
        },
      },
    },
    appPasswords: {
      isAppPassword: (text) => text.startsWith('app-'),
      verify: async (userId, text) => (text === `app-${userId}` ? userId : undefined),
    },
  })
  const run = (user: User | undefined, password: string) =>
    check(attemptTargetOf(user ?? sampleUser()), user, password, '192.0.2.1')
  return { run, events }
}

const local = sampleUser({ passwordHash: 'right' })
const withPhone = sampleUser({ passwordAuthority: 'phone', passwordHash: '' })

describe('the password check', () => {
  it('compares a local password with the stored hash', async () => {
    const { run, events } = createFixture()
    expect(await run(local, 'right')).toBe('password')
    expect(await run(local, 'wrong')).toBeUndefined()
    expect(events).toEqual(['reserved', 'local right', 'success', 'reserved', 'local right', 'failure'])
  })

  it('asks the PBX where the account has its password there, and never compares its empty hash', async () => {
    const { run, events } = createFixture()
    expect(await run(withPhone, '1234')).toBe('password')
    expect(await run(withPhone, '')).toBeUndefined()
    expect(events).toEqual(['reserved', 'pbx anna', 'success', 'reserved', 'pbx anna', 'failure'])
  })

  it('counts no failure, and refuses as unavailable, while the PBX is away', async () => {
    const { run, events } = createFixture({ isPbxAway: true })
    await expect(run(withPhone, '1234')).rejects.toMatchObject({ code: 'unavailable' })
    expect(events).toEqual(['reserved', 'void'])
  })

  it('has no right password for an account with an authority that is not set up', async () => {
    const { run } = createFixture()
    expect(await run(sampleUser({ passwordAuthority: 'directory', passwordHash: 'x' }), 'x')).toBeUndefined()
  })

  it.each([
    ['no user', undefined],
    ['a disabled user', sampleUser({ passwordHash: 'right', disabled: true })],
    ['a disabled user of the PBX', sampleUser({ passwordAuthority: 'phone', disabled: true })],
  ])('takes the time of a local password for %s, and refuses', async (_, user) => {
    const { run, events } = createFixture()
    for (const password of ['right', '1234']) expect(await run(user, password)).toBeUndefined()
    expect(events.filter((event) => event.startsWith('local'))).toHaveLength(2)
  })

  it.each([
    ['no user', undefined],
    ['a disabled user', sampleUser({ disabled: true })],
  ])('refuses a text in the form of an app password for %s as a wrong one of a user', async (_, user) => {
    const [unknown, known] = [createFixture(), createFixture()]
    expect(await unknown.run(user, 'app-1')).toBeUndefined()
    expect(await known.run(local, 'app-2')).toBeUndefined()
    expect(unknown.events).toEqual(known.events)
  })

  it('accepts an app password of the same account, and returns that it is one', async () => {
    const { run, events } = createFixture()
    expect(await run(local, 'app-1')).toEqual({ appPasswordId: '1' })
    expect(await run(local, 'app-2')).toBeUndefined()
    expect(events).toEqual(['reserved', 'success', 'reserved', 'failure'])
  })
})
