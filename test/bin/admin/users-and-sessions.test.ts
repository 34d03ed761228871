import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultDatabaseUrl } from '../../../api/config/config.ts'
import { createSecurityEventStore } from '../../../api/store/sql/auth/security-events.ts'
import { openDatabase } from '../../../api/store/sql/database.ts'
import { runHookswitch as run } from '../../support/run-hookswitch.ts'

let data: string
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'hs-'))
})
afterAll(() => rmSync(data, { recursive: true, force: true }))

const hookswitch = (words: readonly string[], input = '', env = {}) => run(data, words, { input, env })

describe('users and sessions on the command line', () => {
  test('a user is added with a generated password, listed, given another one, disabled, enabled and deleted', async () => {
    const added = await hookswitch(['users', 'add', 'Анна', '--role', 'supervisor', '--extension', '301'])
    expect(added.out).toMatch(
      /^added Анна \(supervisor, extension 301\)\npassword: [\w-]{20} {3}\(shown only once/,
    )
    expect((await hookswitch(['users', 'list'])).out).toMatch(/^\d+ +Анна +supervisor +301 /m)
    const changed = await hookswitch(['users', 'passwd', 'АННА'], 'correct horse battery\n')
    expect(changed).toMatchObject({ code: 0, out: expect.not.stringContaining('password: ') })
    await hookswitch(['users', 'disable', '301'])
    expect((await hookswitch(['users', 'list'])).out).toContain('disabled')
    await hookswitch(['users', 'enable', 'Анна'])
    expect((await hookswitch(['users', 'list'])).out).not.toContain('disabled')
    expect(await hookswitch(['users', 'delete', 'Анна', '--force'])).toMatchObject({ code: 0 })
    expect((await hookswitch(['users', 'list'])).out).not.toContain('Анна')
  })

  test('a password is verified at the PBX where that is on, for a user with an extension, and here again with a new one', async () => {
    const on = { HOOKSWITCH_PHONE_SIGN_IN: 'register' }
    await hookswitch(['users', 'add', 'phila', '--extension', '305'])
    await hookswitch(['users', 'add', 'nophone'])
    expect(await hookswitch(['users', 'authority', 'phila', 'phone'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('HOOKSWITCH_PHONE_SIGN_IN'),
    })
    expect(await hookswitch(['users', 'authority', 'nophone', 'phone'], '', on)).toMatchObject({
      code: 2,
      err: expect.stringContaining('no extension'),
    })
    expect(await hookswitch(['users', 'authority', 'phila', 'elsewhere'], '', on)).toMatchObject({ code: 2 })
    expect((await hookswitch(['users', 'authority', '305', 'phone'], '', on)).out).toContain('SIP secret')
    expect((await hookswitch(['users', 'authority', 'phila', 'phone'], '', on)).out).toContain('already')
    expect((await hookswitch(['users', 'authority', 'phila', 'local'])).out).toMatch(/\npassword: [\w-]{20} /)
    for (const name of ['phila', 'nophone']) await hookswitch(['users', 'delete', name, '--force'])
  })

  test('what an administrator does here is in the security log, in the file and in SQL, without passwords', async () => {
    const folder = join(data, 'logged')
    const command = (...words: string[]) => run(folder, words, { input: 'correct horse battery\n' })
    for (const words of [
      ['users', 'add', 'root', '--role', 'admin'],
      ['users', 'passwd', 'root'],
      ['users', 'unlock', 'root'],
      ['dnc', 'add', '+493012345'],
      ['dnc', 'remove', '+493012345'],
      ['invitations', 'add'],
    ])
      expect(await command(...words)).toMatchObject({ code: 0 })
    const events = ['user_created', 'authn_password_change', 'user_unlocked', 'do_not_call_added']
    const all = [...events, 'do_not_call_removed', 'invitation_created']
    const db = await openDatabase(defaultDatabaseUrl(folder))
    const stored = await createSecurityEventStore(db).list({}, { limit: 20 })
    await db.close()
    expect(stored.map(({ event }) => event).toReversed()).toEqual(all)
    expect(new Set(stored.map(({ actorId, address }) => `${actorId} ${address}`))).toEqual(
      new Set(['cli local']),
    )
    const file = readFileSync(join(folder, 'log', 'security.log'), 'utf8')
    expect(
      file
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).event),
    ).toEqual(all)
    expect(file + JSON.stringify(stored)).not.toMatch(/horse|inv_/)
  })

  test('the last administrator who can log in is neither disabled nor deleted', async () => {
    const folder = join(data, 'one-admin')
    await run(folder, ['users', 'add', 'root', '--role', 'admin'])
    for (const words of [
      ['users', 'disable', 'root'],
      ['users', 'delete', 'root', '--force'],
    ])
      expect(await run(folder, words)).toMatchObject({
        code: 2,
        err: expect.stringContaining('last administrator'),
      })
    await run(folder, ['users', 'add', 'second', '--role', 'admin'])
    expect(await run(folder, ['users', 'delete', 'root', '--force'])).toMatchObject({ code: 0 })
  })

  test('users assign --reuse with a username that is taken is refused with its name, and the extension stays quarantined', async () => {
    const add = (name: string, ...more: string[]) =>
      hookswitch(['users', 'add', name, '--extension', '350', ...more])
    await add('gone')
    await hookswitch(['users', 'delete', 'gone', '--force'])
    await hookswitch(['users', 'add', 'stays'])
    expect(await add('stays', '--reuse')).toMatchObject({
      code: 2,
      err: expect.stringContaining('that name belongs to another user already'),
    })
    expect(await add('new')).toMatchObject({
      code: 2,
      err: expect.stringContaining('extension 350 was another'),
    })
    expect(await add('new', '--reuse')).toMatchObject({ code: 0 })
    expect(await add('newer', '--reuse')).toMatchObject({
      code: 2,
      err: expect.stringContaining('that extension belongs to another user already'),
    })
  })

  test('with a quarantine of 0 days a deleted user’s extension is assigned to another user at once', async () => {
    await hookswitch(['users', 'add', 'first', '--extension', '351'])
    await hookswitch(['users', 'delete', 'first', '--force'])
    const add = (env: Record<string, string>) =>
      hookswitch(['users', 'add', 'second', '--extension', '351'], '', env)
    expect(await add({})).toMatchObject({ code: 2 })
    expect(await add({ HOOKSWITCH_EXTENSION_QUARANTINE: '0' })).toMatchObject({ code: 0 })
  })

  test.each([
    ['a name that is taken', ['users', 'add', 'taken'], /that name belongs to another user already/],
    ['a name that is another user’s extension', ['users', 'add', '777'], /that name belongs to another user/],
    ['a role nobody has', ['users', 'add', 'x', '--role', 'god'], /--role is one of user, supervisor, admin/],
    ['a name with blanks', ['users', 'add', 'a b'], /no blanks/],
    ['an extension with a slash', ['users', 'add', 'x', '--extension', '../1'], /an extension has/],
    [
      'an extension of letters',
      ['users', 'add', 'x', '--extension', 'anna'],
      /an extension has 1 to 32 digits/,
    ],
    ['an extension with a hyphen', ['users', 'add', 'x', '--extension', '10-01'], /an extension has/],
    ['an emergency number', ['users', 'add', 'x', '--extension', '112'], /emergency number/],
    ['a directory enquiry, which is denied', ['users', 'add', 'x', '--extension', '11833'], /denied/],
    ['nobody', ['users', 'passwd', 'nobody'], /no user "nobody"; see users list/],
    ['a deletion without --force', ['users', 'delete', 'taken'], /add --force/],
    ['a session that is none', ['sessions', 'end', 'x'], /no such live session/],
    [
      'a session and a user at once',
      ['sessions', 'end', 'x', '--user', 'taken'],
      /one session id, or --user/,
    ],
    ['an unknown verb', ['users', 'eat'], /users list, add, extension, passwd/],
  ])('%s is refused in one line that names what to do', async (_, words, says) => {
    await hookswitch(['users', 'add', 'taken', '--extension', '777'], 'long enough')
    const { code, out, err } = await hookswitch(words)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(says)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  test('a password that is too short is refused', async () => {
    expect(await hookswitch(['users', 'add', 'shorty'], 'short')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/8 characters/),
    })
  })

  test('without sessions the list is its heading alone', async () => {
    expect((await hookswitch(['sessions', 'list'])).out.trim().split('\n')).toHaveLength(1)
  })
})

test('help is on stdout with 0, a mistyped command is on stderr with 2', async () => {
  const [help, mistyped] = [await hookswitch(['users', '--help']), await hookswitch(['usres', 'list'])]
  expect(help).toMatchObject({ code: 0, out: expect.stringContaining('users add <name>'), err: '' })
  expect(mistyped).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/did you mean users\?/) })
})
