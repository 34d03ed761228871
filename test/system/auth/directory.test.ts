import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCertificateAuthority } from '../../support/certificates.ts'
import { requestJson } from '../../support/http-client.ts'
import { runHookswitch } from '../../support/run-hookswitch.ts'
import { BASE, SERVICE_DN, SERVICE_PASSWORD, type Slapd, startSlapd } from '../../support/slapd.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { loginV1Client, type V1Client } from '../../support/v1-client.ts'

const CHIEFS = `cn=chiefs,ou=groups,${BASE}`
let folder: string
let path: string
let slapd: Slapd
let stack: Stack

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'directory-'))
  chmodSync(folder, 0o755)
  const authority = await createCertificateAuthority(folder, 'authority')
  const files = await authority.issue('server', '127.0.0.1')
  chmodSync(files.key, 0o644)
  slapd = await startSlapd(files)
  writeFileSync(join(folder, 'password'), `${SERVICE_PASSWORD}\n`, { mode: 0o600 })
  path = join(folder, 'directories.json')
  writeFileSync(
    path,
    JSON.stringify({
      check_minutes: 0.05,
      directories: [
        {
          id: 'corp',
          url: `ldap://127.0.0.1:${slapd.port}`,
          start_tls: true,
          ca_file: 'authority.crt',
          bind_dn: SERVICE_DN,
          bind_password_file: 'password',
          base_dn: `ou=people,${BASE}`,
          user_filter: '(|(uid={login})(mail={login}))',
          attributes: { username: 'uid', unique_id: 'entryUUID', email: 'mail', display_name: 'displayName' },
          roles: { [CHIEFS]: 'supervisor' },
          create_accounts: true,
          timeout_ms: 3_000,
        },
      ],
    }),
  )
  stack = await startStack({ env: { HOOKSWITCH_DIRECTORIES_FILE: path } })
})
afterAll(async () => {
  await stack?.stop()
  await slapd?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What the login of each surface answers. */
async function everywhere(username: string, password: string): Promise<number[]> {
  const replies = await Promise.all([
    requestJson(`${stack.base}/auth/login`, { json: { username, password } }),
    requestJson(`${stack.url}/pbxcore/api/v3/auth:login`, { json: { login: username, password } }),
    requestJson(`${stack.url}/api/login`, { json: { username, password } }),
    requestJson(`${stack.url}/auth/login`, { json: { email: username, password } }),
    requestJson(`${stack.url}/api/auth/login`, { json: { username, password } }),
  ])
  return replies.map(({ status }) => status)
}
const all = (status: number) => Array<number>(5).fill(status)

async function modify(dn: string, operation: 'add' | 'delete', type: string, values: string[]) {
  const client = await slapd.admin()
  await client.modify(dn, new Change({ operation, modification: new Attribute({ type, values }) }))
  await client.unbind()
}
async function remove(dn: string) {
  const client = await slapd.admin()
  await client.del(dn)
  await client.unbind()
}
const meOf = async (client: V1Client) => (await client.request('/me')).body
const hookswitch = (...args: string[]) =>
  runHookswitch(stack.data, args, { env: { HOOKSWITCH_DIRECTORIES_FILE: path } })

test('a person of the directory signs in on every surface, at once, as one account', async () => {
  await slapd.addPerson('dora', 'dora knows', { displayName: 'Dora Díaz' })
  expect(await everywhere('dora', 'dora knows')).toEqual(all(200))
  expect(await everywhere('dora@example.org', 'dora knows')).toEqual(all(200))
  const ids = await Promise.all(
    ['dora', 'DORA', 'dora@example.org'].map(
      async (name) => (await loginV1Client(stack, name, 'dora knows')).userId,
    ),
  )
  expect(new Set(ids).size).toBe(1)
  expect(await meOf(await loginV1Client(stack, 'dora', 'dora knows'))).toMatchObject({
    username: 'dora',
    display_name: 'Dora Díaz',
    role: 'user',
  })
})

test('a wrong password, an injection and an unknown name are refused alike', async () => {
  for (const [name, password] of [
    ['dora', 'wrong'],
    ['*)(uid=*', 'dora knows'],
    ['do*', 'dora knows'],
    ['stranger', 'dora knows'],
  ] as const)
    expect(await everywhere(name, password)).toEqual(all(401))
})

test('a local account of the same name is reached by its own password alone', async () => {
  await slapd.addPerson('user1', 'secret in corp')
  expect(await everywhere('user1', 'secret in corp')).toEqual(all(401))
  expect(await everywhere('user1', 'password')).toEqual(all(200))
  // Nor by another name of the same person.
  expect(await everywhere('user1@example.org', 'secret in corp')).toEqual(all(401))
})

test('a directory that is away is 503, ends no session and locks no local account out', async () => {
  const session = await loginV1Client(stack, 'dora', 'dora knows')
  slapd.signal('SIGSTOP')
  expect(await everywhere('dora', 'dora knows')).toEqual(all(503))
  expect(await everywhere('user2', 'password')).toEqual(all(200))
  slapd.signal('SIGKILL')
  expect(await everywhere('dora', 'dora knows')).toEqual(all(503))
  await waitUntil('a check fails', () => stack.logs().includes('directory_check_failed'))
  expect((await session.request('/me')).status).toBe(200)
  await slapd.restart()
  expect(await everywhere('dora', 'dora knows')).toEqual(all(200))
})

test('a group gives a role, and its end takes the role away and ends the sessions', async () => {
  const dn = await slapd.addPerson('emil', 'emil knows')
  await slapd.addGroup('chiefs', [SERVICE_DN])
  await modify(CHIEFS, 'add', 'member', [dn])
  const chief = await loginV1Client(stack, 'emil', 'emil knows')
  expect(await meOf(chief)).toMatchObject({ role: 'supervisor' })
  await modify(CHIEFS, 'delete', 'member', [dn])
  await waitUntil('the session is over', async () => (await chief.request('/me')).status === 401)
  expect(await meOf(await loginV1Client(stack, 'emil', 'emil knows'))).toMatchObject({ role: 'user' })
})

test('a renamed person keeps the account, and a person who left loses it within the time of a check', async () => {
  const dn = await slapd.addPerson('frida', 'frida knows')
  const { userId } = await loginV1Client(stack, 'frida', 'frida knows')
  const client = await slapd.admin()
  await client.modifyDN(dn, `uid=frieda,ou=people,${BASE}`)
  await client.unbind()
  const renamed = await loginV1Client(stack, 'frieda', 'frida knows')
  expect(renamed.userId).toBe(userId)
  await remove(`uid=frieda,ou=people,${BASE}`)
  await waitUntil('the session is over', async () => (await renamed.request('/me')).status === 401)
  expect(await everywhere('frida', 'frida knows')).toEqual(all(401))
  // The next person of that name is another one.
  await slapd.addPerson('frida', 'the next frida knows')
  expect(await everywhere('frida', 'the next frida knows')).toEqual(all(401))
})

test('the command line shows a person without a password, and links an account', async () => {
  await slapd.addPerson('user3', 'secret in corp', { mail: 'third@example.org' })
  const shown = await hookswitch('directories', 'check', '--user', 'user3')
  expect(shown).toMatchObject({ code: 0, err: '' })
  expect(shown.out).toContain('ldap:corp: refused: the account user3 has the name user3 already')
  expect(shown.out).toMatch(/role +user/)
  const id = /^ {2}id +(\S+)$/m.exec(shown.out)?.[1] ?? ''
  const session = await loginV1Client(stack, 'user3', 'password')
  expect(await hookswitch('users', 'link', 'user3', 'ldap:corp', id)).toMatchObject({ code: 0 })
  await waitUntil('the session is over', async () => (await session.request('/me')).status === 401)
  expect(await everywhere('user3', 'password')).toEqual(all(401))
  expect(await everywhere('user3', 'secret in corp')).toEqual(all(200))
  expect(await hookswitch('users', 'link', 'user2', 'ldap:corp', id)).toMatchObject({ code: 2 })
  expect(await hookswitch('users', 'link', 'user2', 'ldap:gone', id)).toMatchObject({ code: 2 })
  expect(await hookswitch('users', 'link', 'user2', 'ldap:corp', 'x')).toMatchObject({ code: 2 })
  expect((await hookswitch('directories', 'check')).out).toBe('ldap:corp: answers\n')
})

test('no password is in any log', () => {
  expect(stack.logs()).toContain('authn_directory_refused')
  for (const secret of [SERVICE_PASSWORD, 'dora knows', 'secret in corp'])
    expect(stack.logs()).not.toContain(secret)
})
