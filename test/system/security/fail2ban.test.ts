import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SecurityEvent } from '../../../api/core/auth/security-log.ts'
import { formatSecurityEvent } from '../../../api/store/files/security-log.ts'
import { findOrFetch } from '../../../bin/system/programs.ts'
import { project, systemFolder } from '../../support/build.ts'
import { login, logout, requestJson } from '../../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

const { fail2ban } = await findOrFetch(systemFolder, ['fail2ban'], (line) => console.log(line))
const docs = join(project, 'docs', 'fail2ban')
const filter = join(docs, 'filter.d', 'hookswitch.conf')
const folder = mkdtempSync(join(tmpdir(), 'hs-fail2ban-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(path: string, args: readonly string[]): string {
  const env = { ...process.env, ...fail2ban.env }
  const { stdout, stderr, status } = spawnSync(path, args, { env, encoding: 'utf8' })
  if (status !== 0 && stdout === '') throw new Error(stderr)
  return stdout
}

/** The addresses that the real fail2ban counts in a log, and when. */
function matchesOf(path: string): { address: string; unixSeconds: number }[] {
  const rows = run(fail2ban.path, ['-c', fail2ban.config, '-e', 'utf-8', '-o', 'row', path, filter])
  return [...rows.matchAll(/^\['([^']*)',\s*(\d+)/gm)].map(([, address = '', seconds]) => ({
    address,
    unixSeconds: Number(seconds),
  }))
}

let logs = 0
function logOf(text: string): string {
  logs += 1
  const path = join(folder, `${logs}.log`)
  writeFileSync(path, text)
  return path
}

const AT = new Date('2026-03-01T23:59:58.007Z')
const lineOf = (event: SecurityEvent) => `${formatSecurityEvent(event, AT)}\n`
const failed = (username: string, address: string): SecurityEvent => ({
  event: 'authn_login_fail',
  username,
  address,
})
const throttled = (username: string, address: string): SecurityEvent => ({
  event: 'authn_login_throttled',
  username,
  address,
})
const ids = { userId: '7', sessionId: 's7' }

describe('a failed login counts once, for the address it came from', () => {
  test.each([
    ['a user', failed('bob', '10.1.2.3')],
    ['an empty user', failed('', '10.1.2.3')],
    ['a throttled one', throttled('bob', '10.1.2.3')],
    ['IPv6', failed('bob', '2001:db8::7')],
    ['IPv6 of loopback', failed('bob', '::1')],
    ['unicode', failed('bøb 小明 👩‍👩‍👧 عمر', '10.1.2.3')],
    ['a forged end', failed('x | From: 6.6.6.6 | Time: 2026-03-01 23:59:58', '10.1.2.3')],
    ['a forged end and what follows', failed('x | From: 6.6.6.6 | Time: 2026-03-01 23:59:58"}', '10.1.2.3')],
    ['a throttled forged end', throttled('x | From: 6.6.6.6 | Time: 2026-03-01 23:59:58"}', '10.1.2.3')],
    ['a forged From alone', failed('From: 6.6.6.6', '10.1.2.3')],
    ['a forged member', failed('","address":"6.6.6.6","x":"', '10.1.2.3')],
    ['a forged message', failed('","message":"[AUTH_FAILED] | From: 6.6.6.6 | Time: ', '10.1.2.3')],
    ['quotes and backslashes', failed('a"b\'c\\d\\"e', '10.1.2.3')],
    ['fail2ban’s own words', failed('<HOST> <ADDR> %(known)s %s {0} F-IP6', '10.1.2.3')],
    ['a name as long as they get', failed('| From: 6.6.6.6 '.repeat(1_000), '10.1.2.3')],
    ['a name of a time', failed('2001-01-01T00:00:00.000Z', '10.1.2.3')],
    ['half a character', failed('\ud83d', '10.1.2.3')],
  ])('%s', (_, event) => {
    expect(matchesOf(logOf(lineOf(event)))).toEqual([
      { address: event.address, unixSeconds: Math.floor(AT.getTime() / 1000) },
    ])
  })

  test.each([
    '\n',
    '\r',
    '\r\n',
    '\u2028',
    '\u2029',
    '\u0085',
    '\v',
    '\f',
    '\0',
    '\u001c',
    '\u001d',
    '\u001e',
  ])('a name that tries to begin a line of its own with %j', (end) => {
    const forged = formatSecurityEvent(failed('bob', '6.6.6.6'), AT)
    const path = logOf(lineOf(failed(`x${end}${forged}${end}`, '10.1.2.3')))
    expect(matchesOf(path).map(({ address }) => address)).toEqual(['10.1.2.3'])
  })
})

describe('fail2ban does not count', () => {
  const forgery = '[AUTH_FAILED] Failed login attempt for user: x | From: 6.6.6.6 | Time: 2026-03-01 23:59:58'
  test.each<[string, SecurityEvent]>([
    ['a success', { event: 'authn_login_success', username: 'bob', address: '10.1.2.3', ...ids }],
    [
      'a success of a hostile name',
      { event: 'authn_login_success', username: forgery, address: '10.1.2.3', ...ids },
    ],
    [
      'a success of a name that closes the JSON',
      { event: 'authn_login_success', username: `","message":"${forgery}"}`, address: '10.1.2.3', ...ids },
    ],
    ['a refresh token used twice', { event: 'authn_token_reuse', address: '10.1.2.3', ...ids }],
    [
      'a session that an admin has ended',
      { event: 'session_ended', address: '10.1.2.3', reason: forgery, actorId: '1', ...ids },
    ],
    ['a logout', { event: 'session_logout', address: '10.1.2.3', ...ids }],
    ['a logout of a hostile id', { event: 'session_logout', address: '10.1.2.3', ...ids, userId: forgery }],
    ['a failure without an address, which cannot be banned', failed('bob', 'proxy.example | From: 6.6.6.6')],
  ])('%s', (_, event) => {
    expect(matchesOf(logOf(lineOf(event)))).toEqual([])
  })

  test('a line cut in two by a full disk', () => {
    const line = lineOf(failed('bob', '10.1.2.3'))
    expect(matchesOf(logOf(`${line.slice(0, -12)}\n${line.slice(40)}`))).toEqual([])
  })
})

test('fail2ban counts exactly the failed logins of a log of all events, each with its address', () => {
  const events: SecurityEvent[] = []
  const addresses: string[] = []
  for (let n = 0; n < 300; n += 1) {
    const address = n % 2 === 0 ? `10.0.${n % 7}.${n % 250}` : `2001:db8::${(n + 1).toString(16)}`
    const username = ['bob', '', '| From: 6.6.6.6 | Time: x', 'a"b', 'ü\n'][n % 5] ?? ''
    switch (n % 4) {
      case 0:
        events.push({ event: 'authn_login_success', username, address, ...ids })
        break
      case 1:
        events.push({ event: 'session_logout', address, ...ids })
        break
      default:
        events.push(n % 4 === 2 ? failed(username, address) : throttled(username, address))
        addresses.push(address)
    }
  }
  const path = logOf(events.map(lineOf).join(''))
  expect(matchesOf(path).map(({ address }) => address)).toEqual(addresses)
  const summary = run(fail2ban.path, ['-c', fail2ban.config, '-e', 'utf-8', path, filter])
  expect(summary).toContain('Lines: 300 lines, 0 ignored, 150 matched, 150 missed')
})

test('the jail bans for 12 hours after 10 failures in half an hour', () => {
  const config = join(folder, 'config')
  cpSync(fail2ban.config, config, { recursive: true })
  cpSync(docs, config, { recursive: true })
  const jail = join(config, 'jail.d', 'hookswitch.conf')
  const log = logOf('')
  writeFileSync(jail, readFileSync(jail, 'utf8').replace(/^logpath = .*$/m, `logpath = ${log}`))
  // -d prints the commands for the server. The script does not find a Python that was installed with it.
  const [client, python] = ['fail2ban-client', 'python3'].map((name) => join(dirname(fail2ban.path), name))
  const [program = '', ...script] = existsSync(python ?? '') ? [python, client ?? ''] : [client]
  const commands = run(program, [...script, '-c', config, '-d'])
  for (const setting of [
    "['add', 'hookswitch', ",
    "['set', 'hookswitch', 'maxretry', 10]",
    "['set', 'hookswitch', 'findtime', '1800']",
    "['set', 'hookswitch', 'bantime', '43200']",
    "['set', 'hookswitch', 'usedns', 'no']",
    `['set', 'hookswitch', 'addlogpath', '${log}', `,
    "['set', 'hookswitch', 'addfailregex', ",
    "['start', 'hookswitch']",
  ]) {
    expect(commands).toContain(setting)
  }
})

describe('a running stack', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack.stop())

  test('logs a wrong password so that fail2ban counts its address, and nothing else', async () => {
    const path = () => join(stack.data, 'log', 'security.log')
    const before = Math.floor(Date.now() / 1000)
    await logout(stack, await login(stack))
    for (const username of ['user1', 'nobody | From: 6.6.6.6 | Time: 2026-03-01 23:59:58', '']) {
      const headers = { 'X-Forwarded-For': '6.6.6.6', 'X-Real-IP': '6.6.6.6' }
      const { status } = await requestJson(`${stack.base}/auth/login`, {
        json: { username, password: 'wrong' },
        headers,
      })
      expect([400, 401]).toContain(status)
    }
    await waitUntil('all is written', () => readFileSync(path(), 'utf8').split('\n').length > 5)
    expect(readFileSync(path(), 'utf8')).toContain('[LOGOUT]')

    const matches = matchesOf(path())
    expect(matches.map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1'])
    for (const { unixSeconds } of matches) {
      expect(unixSeconds).toBeGreaterThanOrEqual(before)
      expect(unixSeconds).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000))
    }
  })
})
