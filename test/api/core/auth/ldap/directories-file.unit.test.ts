import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readDirectoriesFile } from '../../../../../api/config/directories-file.ts'
import { createLdapDirectory } from '../../../../../api/ldap/ldap-directory.ts'

const folder = mkdtempSync(join(tmpdir(), 'directories-'))
const good = {
  id: 'corp',
  url: 'ldaps://dc1.example.org',
  bind_dn: 'CN=hookswitch,DC=example,DC=org',
  bind_password_file: 'secret',
  base_dn: 'DC=example,DC=org',
  user_filter: '(sAMAccountName={login})',
  attributes: { username: 'sAMAccountName', unique_id: 'objectGUID' },
}
writeFileSync(join(folder, 'secret'), 'p a$$ \n')
writeFileSync(join(folder, 'empty'), '\n')

function read(content: unknown) {
  const path = join(folder, 'directories.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return readDirectoriesFile(path)
}
const readOne = (changes: Record<string, unknown>) => read({ directories: [{ ...good, ...changes }] })

describe('the file of the directories', () => {
  test('without a path there are none', () => {
    expect(readDirectoriesFile(undefined).directories).toEqual([])
  })

  test('has defaults, and its secrets in files beside it', () => {
    const { checkMinutes, directories } = readOne({})
    expect(checkMinutes).toBe(15)
    expect(directories).toMatchObject([
      {
        bindPassword: 'p a$$',
        ca: undefined,
        settings: {
          create_accounts: false,
          group_attribute: 'memberOf',
          roles: {},
        },
      },
    ])
  })

  test.each([
    ['no JSON', '{', /is no JSON$/],
    ['no directory', { directories: [] }, /directories/],
    ['an unknown member', { directories: [{ ...good, tls_verify: false }] }, /tls_verify/],
    ['two of one id', { directories: [good, good] }, /must have different ids/],
  ])('is refused with %s', (_, content, message) => expect(() => read(content)).toThrow(message))

  test.each([
    ['clear text to another machine', { url: 'ldap://dc1.example.org' }, /clear text/],
    ['StartTLS in TLS', { start_tls: true }, /start_tls: must be left out/],
    ['a URL with a user', { url: 'ldaps://a:b@dc1.example.org' }, /url: must be ldap/],
    ['a URL with a path', { url: 'ldaps://dc1.example.org/dc=x' }, /url: must be ldap/],
    ['a filter without the login', { user_filter: '(uid=*)' }, /user_filter: must contain \{login\}/],
    ['a password without a name', { bind_dn: undefined }, /bind_password_file: must be set together/],
    ['a group that is no name', { roles: { 'Domain Admins': 'admin' } }, /roles.*must be the name/],
    ['a missing secret', { bind_password_file: 'missing' }, /names missing, which cannot be read/],
    ['an empty secret', { bind_password_file: 'empty' }, /names empty, which is empty/],
    ['a ca_file without a certificate', { ca_file: 'secret' }, /names secret, which is no PEM certificate/],
    [
      'the e-mail address as unique id',
      { attributes: { username: 'uid', unique_id: 'mail', email: 'mail' } },
      /attributes.unique_id: must be an attribute of its own/,
    ],
  ])('refuses %s', (_, changes, message) => {
    expect(() => readOne(changes)).toThrow(message)
    expect(() => readOne(changes)).toThrow(/^HOOKSWITCH_DIRECTORIES_FILE/)
  })

  test.each([
    ['loopback', { url: 'ldap://127.0.0.1:389' }],
    ['StartTLS', { url: 'ldap://dc1.example.org', start_tls: true }],
    ['what the administrator wants', { url: 'ldap://dc1.example.org', insecure_plaintext: true }],
  ])('accepts ldap:// with %s', (_, changes) => expect(() => readOne(changes)).not.toThrow())

  test('a filter that is none is refused at start', () => {
    const [one] = readOne({ user_filter: '(uid={login}*)' }).directories
    if (one === undefined) throw new Error()
    const onFailure = () => {}
    expect(() => createLdapDirectory({ ...one, onFailure })).toThrow(/user_filter of corp is no filter/)
  })
})
