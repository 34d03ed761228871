import { describe, expect, test } from 'vitest'
import type { DirectoryEntry, LdapDirectory } from '../../../../../api/core/auth/ldap/directory.ts'
import { createDirectoryAccounts } from '../../../../../api/core/auth/ldap/directory-accounts.ts'
import { checkDirectory } from '../../../../../api/core/auth/ldap/directory-check.ts'
import { createDirectoryPasswords } from '../../../../../api/core/auth/ldap/directory-passwords.ts'
import { createLogin } from '../../../../../api/core/auth/login.ts'
import type { OpenedSession, OpenSessionRequest } from '../../../../../api/core/auth/sessions.ts'
import type { NewUser, User } from '../../../../../api/core/auth/users.ts'
import type { DialPolicy } from '../../../../../api/core/dial-policy/dial-policy.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import { sampleUser } from '../../../../support/sample-user.ts'

const SOURCE = 'ldap:corp'
const person = (changes: Partial<DirectoryEntry> = {}): DirectoryEntry => ({
  dn: `uid=${changes.username ?? 'anna'},dc=x`,
  sourceId: 'id-1',
  username: 'anna',
  email: null,
  displayName: null,
  extension: null,
  role: 'user',
  barred: undefined,
  ...changes,
})

/** A login with one directory and a table of users in memory; the password of each person is `of ` and their id. */
function createFixture({ createsAccounts = true } = {}) {
  const state = {
    entries: [person()],
    users: [] as User[],
    isAway: false,
    reasons: [] as string[],
    /** What was reserved, asked and counted, in order. */
    steps: [] as string[],
    disabledBySource: new Set<string>(),
  }
  const found = (matches: DirectoryEntry[]) => {
    const [entry, ...others] = matches
    if (entry === undefined) return { is: 'none' as const }
    return others.length > 0 ? { is: 'several' as const } : { is: 'one' as const, entry }
  }
  const directory: LdapDirectory = {
    id: 'corp',
    source: SOURCE,
    createsAccounts,
    async ask(work) {
      state.steps.push('asked')
      if (state.isAway) throw new Refusal('unavailable')
      return work({
        // It ignores accents, as Active Directory does.
        findByLogin: async (login) =>
          found(
            state.entries.filter((one) => one.username === login.normalize('NFD').replace(/\p{M}/gu, '')),
          ),
        findById: async (id) => found(state.entries.filter((one) => one.sourceId === id)),
        async verifyPassword(dn, password) {
          state.steps.push(`bind ${dn}`)
          const isRight = state.entries.some((one) => one.dn === dn && password === `of ${one.sourceId}`)
          return isRight ? { is: 'right' } : { is: 'wrong', reason: 'wrong_password' }
        },
        verifyNothing: async () => void state.steps.push('bind nothing'),
      })
    },
  }
  const findByLogin = async (name: string) =>
    state.users.find((one) => one.username === name || one.email === name)
  const find = async (id: string) => state.users.find((one) => one.id === id)
  const change = (id: string, changes: Partial<User>) => {
    const before = state.users.find((one) => one.id === id)
    if (before === undefined) throw new Refusal('not_found')
    const after = { ...before, ...changes, revision: before.revision + 1 }
    state.users = state.users.map((one) => (one === before ? after : one))
    return after
  }
  const users = {
    findByLogin,
    find,
    findBySource: async (source: string, sourceId: string) =>
      state.users.find((one) => one.source === source && one.sourceId === sourceId),
    listBySource: async (source: string, { afterId = '' }) =>
      state.users
        .filter((one) => one.source === source && one.id > afterId)
        .map((user) => ({ user, isDisabledBySource: state.disabledBySource.has(user.id) })),
    async add(user: NewUser) {
      if ((await findByLogin(user.username)) !== undefined) throw new Refusal('taken', { detail: 'username' })
      const added = sampleUser({ ...user, id: String(state.users.length + 1) })
      state.users.push(added)
      return added
    },
  }
  const accountAdmin = {
    async update(id: string, changes: Partial<User>, _: unknown, options?: { bySource?: boolean }) {
      if (changes.email !== undefined && (await findByLogin(changes.email ?? '')) !== undefined)
        throw new Refusal('taken', { detail: 'email' })
      if (changes.disabled === true && options?.bySource === true) state.disabledBySource.add(id)
      else if (changes.disabled !== undefined) state.disabledBySource.delete(id)
      return change(id, changes)
    },
  }
  const securityLog = {
    write: (event: object) => void ('reason' in event && state.reasons.push(String(event.reason))),
  }
  const policy = () => ({
    reservedKind: () => undefined,
    check(number: string) {
      if (number === '13') throw new TypeError('a bug')
      return { number, isEmergency: number === '112' } as ReturnType<DialPolicy['check']>
    },
  })
  const accounts = createDirectoryAccounts({
    users,
    accountAdmin: accountAdmin as never,
    policy,
    securityLog,
  })
  const passwords = {
    async verify(
      hash: string | undefined,
      password: string,
      options?: { beforeVerify?: () => Promise<void> },
    ) {
      await options?.beforeVerify?.()
      return hash !== undefined && hash === password
    },
  }
  const attempts = {
    check: async () => {},
    async reserve({ id }: { id: string }) {
      state.steps.push(`reserved ${id}`)
      return { end: async (outcome: string) => void state.steps.push(outcome) }
    },
  }
  const remote = createDirectoryPasswords({
    directories: [directory],
    users,
    accounts,
    passwords,
    securityLog,
  })
  const { login } = createLogin({
    users,
    passwords,
    attempts,
    remoteAuthorities: { directory: remote },
    findExternal: remote.createFindExternal(attempts),
    sessions: {
      open: async (user) => ({ sessionId: `of ${user.id} as ${user.role}` }) as OpenedSession,
      logout: async () => {},
    },
    signInTickets: { redeem: async () => undefined },
    securityLog,
  })
  const request = {
    surface: 'v1',
    address: '192.0.2.1',
    userAgent: '',
    extraClaims: () => ({}),
    refreshWith: 'jwt',
  }
  const signIn = (username: string, password: string) =>
    login({ username, password }, request as OpenSessionRequest).then(
      ({ sessionId }) => sessionId,
      (err) => (err instanceof Refusal ? err.code : Promise.reject(err)),
    )
  const check = (options: { allowMassDisable?: boolean } = {}) =>
    checkDirectory({
      ...options,
      directory,
      users,
      accounts,
      accountAdmin: accountAdmin as never, // the same members that are used
      onAccountFailure: (_, username) => void state.reasons.push(`failed ${username}`),
    })
  return { state, signIn, check, change }
}

const ofDirectory = (changes: Partial<User> = {}) =>
  sampleUser({
    passwordAuthority: 'directory',
    passwordHash: '',
    source: SOURCE,
    sourceId: 'id-1',
    ...changes,
  })

describe('a person without an account', () => {
  test('gets one with the first right password, and the same with the next', async () => {
    const { state, signIn } = createFixture()
    expect(await signIn('anna', 'of id-1')).toBe('of 1 as user')
    expect(await signIn('anna', 'of id-1')).toBe('of 1 as user')
    expect(state.users).toMatchObject([
      {
        username: 'anna',
        passwordAuthority: 'directory',
        passwordHash: '',
        source: SOURCE,
        sourceId: 'id-1',
      },
    ])
  })

  test.each([
    ['1001', '1001'],
    ['112', null],
    ['+49301001', null],
  ])('with the number %s gets the extension %s', async (extension, expected) => {
    const { state, signIn } = createFixture()
    state.entries = [person({ extension })]
    expect(await signIn('anna', 'of id-1')).toBe('of 1 as user')
    expect(state.users).toMatchObject([{ extension: expected }])
  })

  test('an error of the program is no number that cannot be dialed', async () => {
    const { state, signIn } = createFixture()
    state.entries = [person({ extension: '13' })]
    await expect(signIn('anna', 'of id-1')).rejects.toThrow(TypeError)
    expect(state.users).toEqual([])
  })

  test('gets none with a wrong password, nor where the directory makes none', async () => {
    const wrong = createFixture()
    expect(await wrong.signIn('anna', 'x')).toBe('credentials_wrong')
    expect(wrong.state.users).toEqual([])
    const closed = createFixture({ createsAccounts: false })
    expect(await closed.signIn('anna', 'of id-1')).toBe('credentials_wrong')
    expect(closed.state).toMatchObject({ users: [], reasons: ['no_account'] })
  })

  test('is counted before the directory is asked, under one counter for all of their names', async () => {
    const { state, signIn } = createFixture()
    await signIn('anna', 'x')
    expect(state.steps).toEqual([
      ...['reserved name:anna', 'asked', 'void', 'reserved ldap:corp:id-1', 'bind uid=anna,dc=x', 'failure'],
    ])
  })

  test('takes the same steps as an unknown one, besides the account', async () => {
    const { state, signIn } = createFixture()
    expect(await signIn('stranger', 'x')).toBe('credentials_wrong')
    expect(state.steps).toEqual(['reserved name:stranger', 'asked', 'bind nothing', 'failure'])
  })
})

describe('no account is reached by the password of another', () => {
  test('a local account of the same name: the directory is not asked, and only the own password counts', async () => {
    const { state, signIn } = createFixture()
    state.users = [sampleUser({ id: '7', passwordHash: 'own' })]
    expect(await signIn('anna', 'of id-1')).toBe('credentials_wrong')
    expect(await signIn('anna', 'own')).toBe('of 7 as user')
    expect(state.steps).not.toContain('asked')
  })

  test('an account of another directory, or of another person of the same name', async () => {
    for (const changes of [{ source: 'ldap:other' }, { sourceId: 'id-9' }]) {
      const { state, signIn } = createFixture()
      state.users = [ofDirectory({ id: '7', ...changes })]
      expect(await signIn('anna', 'of id-1')).toBe('credentials_wrong')
      expect(state.users).toHaveLength(1)
    }
  })

  test('a directory that spells a name as a local account has it', async () => {
    const { state, signIn } = createFixture()
    state.users = [sampleUser({ id: '7', username: 'anna', passwordHash: 'own' })]
    expect(await signIn('añna', 'of id-1')).toBe('credentials_wrong')
    expect(state.reasons).toEqual(['account_taken: username'])
    expect(state.users).toHaveLength(1)
  })

  test('an account that was linked to another person while the password was verified', async () => {
    const { state, signIn, change } = createFixture()
    state.users = [ofDirectory()]
    const push = state.steps.push.bind(state.steps)
    state.steps.push = (...steps) => {
      if (steps[0]?.startsWith('bind')) change('1', { sourceId: 'id-2' })
      return push(...steps)
    }
    expect(await signIn('anna', 'of id-1')).toBe('credentials_wrong')
  })

  test.each([
    ['two entries of one login', { entries: [person(), person({ sourceId: 'id-2' })] }],
    ['a disabled person', { entries: [person({ barred: 'disabled' })] }],
    ['a person outside the required group', { entries: [person({ barred: 'not_in_required_group' })] }],
    ['a disabled account', { users: [ofDirectory({ username: 'old-name', disabled: true })] }],
    [
      'an account with a local password',
      { users: [ofDirectory({ username: 'x', passwordAuthority: 'local' })] },
    ],
  ] as const)('%s', async (_, changes) => {
    const { state, signIn } = createFixture()
    Object.assign(state, changes)
    expect(await signIn('anna', 'of id-1')).toBe('credentials_wrong')
    expect(state.steps.at(-1)).toBe('failure')
  })
})

describe('an account of a directory', () => {
  test('belongs to its entry after a rename, under both names', async () => {
    const { state, signIn } = createFixture()
    state.users = [ofDirectory()]
    state.entries = [person({ username: 'anna.new' }), person({ sourceId: 'id-2', username: 'anna' })]
    expect(await signIn('anna.new', 'of id-1')).toBe('of 1 as user')
    expect(await signIn('anna', 'of id-1')).toBe('of 1 as user')
    // The next person of the old name has another id.
    expect(await signIn('anna', 'of id-2')).toBe('credentials_wrong')
  })

  test('has the role that the groups give now, and the profile', async () => {
    const { state, signIn } = createFixture()
    state.users = [
      ofDirectory({ role: 'admin' }),
      sampleUser({ id: '9', username: 'boris', email: 'b@example.org' }),
    ]
    state.entries = [person({ displayName: 'Anna', email: 'b@example.org' })]
    expect(await signIn('anna', 'of id-1')).toBe('of 1 as user')
    expect(state.users[0]).toMatchObject({ role: 'user', displayName: 'Anna', email: null })
  })

  test('is unavailable with its directory, without a failure that counts', async () => {
    const { state, signIn } = createFixture()
    state.isAway = true
    expect(await signIn('stranger', 'x')).toBe('unavailable')
    state.users = [ofDirectory()]
    expect(await signIn('anna', 'of id-1')).toBe('unavailable')
    expect(state.steps).not.toContain('failure')
    expect(state.steps.filter((step) => step === 'void')).toHaveLength(2)
  })

  test('never accepts an empty password or half a character', async () => {
    const { state, signIn } = createFixture()
    state.users = [ofDirectory()]
    expect(await signIn('anna', '\ud83d')).toBe('credentials_wrong')
    expect(await signIn('anna', '')).toBe('credentials_missing')
    expect(state.steps).not.toContain('asked')
  })
})

describe('the check of all accounts', () => {
  /** Accounts of five people, of whom so many are in the directory. */
  function fiveAccounts(present: number) {
    const fixture = createFixture()
    const ids = ['1', '2', '3', '4', '5']
    fixture.state.users = ids.map((id) => ofDirectory({ id, username: `p${id}`, sourceId: `id-${id}` }))
    fixture.state.entries = ids
      .slice(0, present)
      .map((id) => person({ username: `p${id}`, sourceId: `id-${id}`, displayName: 'New' }))
    const disabled = () => fixture.state.users.filter((one) => one.disabled).length
    return { ...fixture, disabled }
  }

  test('disables none if three or more, and more than half, would be disabled; the others follow their entries', async () => {
    const { state, check, disabled } = fiveAccounts(2)
    expect(await check()).toEqual({ withheld: ['p3', 'p4', 'p5'], enabled: 5 })
    expect(disabled()).toBe(0)
    expect(state.users[0]).toMatchObject({ displayName: 'New' })
    expect(await check({ allowMassDisable: true })).toEqual({ withheld: [], enabled: 5 })
    expect(disabled()).toBe(3)
    // The others again: those who are disabled count no more.
    expect(await check()).toEqual({ withheld: [], enabled: 2 })
  })

  test('disables fewer than three, and fewer than half', async () => {
    const half = fiveAccounts(3)
    await half.check()
    expect(half.disabled()).toBe(2)
    const few = createFixture()
    few.state.entries = []
    few.state.users = ['1', '2'].map((id) => ofDirectory({ id, username: `p${id}`, sourceId: `id-${id}` }))
    await few.check()
    expect(few.state.users).toMatchObject([{ disabled: true }, { disabled: true }])
  })

  test('disables who is gone or barred, and enables who is back', async () => {
    const { state, check } = createFixture()
    state.users = [ofDirectory()]
    for (const entries of [
      [],
      [person({ barred: 'disabled' })],
      [person({ barred: 'not_in_required_group' })],
    ]) {
      state.entries = entries
      await check()
      expect(state.users).toMatchObject([{ disabled: true }])
      state.entries = [person()]
      await check()
      expect(state.users).toMatchObject([{ disabled: false }])
    }
  })

  test('leaves an account disabled that an administrator disabled', async () => {
    const { state, check } = createFixture()
    state.users = [ofDirectory({ disabled: true })]
    await check()
    expect(state.users).toMatchObject([{ disabled: true }])
  })

  test('changes nothing while the directory is away, nor accounts of others', async () => {
    const { state, check } = createFixture()
    state.users = [ofDirectory(), ofDirectory({ id: '2', source: 'ldap:other' }), sampleUser({ id: '3' })]
    const before = structuredClone(state.users)
    state.isAway = true
    await expect(check()).rejects.toMatchObject({ code: 'unavailable' })
    state.isAway = false
    await check()
    expect(state.users).toEqual(before)
  })
})
