import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runCommand } from '../../../bin/admin/commands.ts'
import { didYouMean } from '../../../bin/arguments.ts'

let printed: string
beforeEach(() => {
  printed = ''
  vi.spyOn(console, 'log').mockImplementation((text) => {
    printed += `${text}\n`
  })
  // A command that opened it would fail.
  vi.stubEnv('DATABASE_URL', 'mysql://not/opened')
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

describe('help', () => {
  const NOUNS = [
    'keys',
    'users',
    'sessions',
    'invitations',
    'provisioning',
    'dnc',
    'history',
    'backup',
    'restore',
    'token',
  ]
  test.each(
    NOUNS.flatMap((noun) => [
      [noun, '--help'],
      [noun, '-h'],
      [noun, 'help'],
      ['help', noun],
    ]),
  )('%s %s shows the command, and opens no database', async (...words) => {
    await runCommand(words)
    expect(printed).toMatch(/^Usage: bin\/hookswitch.mjs /)
  })

  test('of a verb shows its command', async () => {
    await runCommand(['users', 'add', 'x', '--help'])
    expect(printed).toContain('users add <name>')
    expect(printed).not.toContain('keys list')
  })

  test.each([[['--help']], [['-h']], [['help']], [[]]])('%j names every command', async (words) => {
    await runCommand(words)
    for (const noun of NOUNS) expect(printed).toContain(`\n  ${noun} `)
  })

  test.each([
    [['user', 'list'], /unknown command: user; did you mean users\?; see --help/],
    [['sesions'], /did you mean sessions\?/],
    [['backpu', 'x'], /did you mean backup\?/],
    [['zzz'], /^unknown command: zzz; see --help$/],
    [['users', 'lsit'], /; did you mean list\?; see users --help/],
    [['users'], /users list, add, extension, passwd/],
    [['users', 'add', 'x', '--rol', 'user'], /Unknown option '--rol'; did you mean --role\?; see --help/],
    [['users', 'add', 'x', '--role'], /--role/],
    [['__proto__'], /unknown command/],
    [['users', 'constructor'], /users list, add/],
  ])('%j is refused in one line that names what to do, and opens no database', async (words, says) => {
    await expect(runCommand(words)).rejects.toThrow(says)
    expect(printed).toBe('')
  })
})

test.each([
  ['list', ''],
  ['lists', '; did you mean list?'],
  ['LIST', ''],
  ['retri', '; did you mean retire?'],
  ['del', '; did you mean delete?'],
  ['x', ''],
  ['', ''],
])('for %j of list, retire, delete: %j', (word, suggestion) => {
  const known = ['list', 'retire', 'delete'].filter((one) => one !== word.toLowerCase())
  expect(didYouMean(word, known)).toBe(suggestion)
})
