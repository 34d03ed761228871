import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DirectoriesFile } from '../../../api/core/auth/ldap/directories-file.ts'
import { createLdapDirectory } from '../../../api/ldap/ldap-directory.ts'
import { type CertificateAuthority, createCertificateAuthority, readPem } from '../../support/certificates.ts'
import { BASE, SERVICE_DN, SERVICE_PASSWORD, type Slapd, startSlapd } from '../../support/slapd.ts'

let folder: string
let authority: CertificateAuthority
let other: CertificateAuthority
let slapd: Slapd
const failures: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ldap-'))
  authority = await createCertificateAuthority(folder, 'authority')
  other = await createCertificateAuthority(folder, 'other')
  slapd = await startSlapd(await issued('server', '127.0.0.1'))
  const anna = await slapd.addPerson('anna', 'anna knows', {
    displayName: 'Anna García',
    telephoneNumber: '204',
  })
  await slapd.addPerson('boris', 'boris knows')
  await slapd.addPerson('Dóe, "O" +#=x', 'odd knows', { mail: 'odd@example.org' })
  await slapd.addPerson('twin1', 'twin knows', { mail: 'twin@example.org' })
  await slapd.addPerson('twin2', 'twin knows', { mail: 'twin@example.org' })
  await slapd.addGroup('Phone, admins', [anna])
  await slapd.addGroup('staff', [anna])
})
afterAll(async () => {
  await slapd?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The server runs as another user than this test, which may run as root. */
async function issued(name: string, host: string, days?: number) {
  const files = await authority.issue(name, host, days)
  chmodSync(folder, 0o755)
  chmodSync(files.key, 0o644)
  return files
}

interface Options {
  changes?: Record<string, unknown>
  ca?: string
  bindPassword?: string
}

function directory({
  changes = {},
  ca = authority.certificate,
  bindPassword = SERVICE_PASSWORD,
}: Options = {}) {
  const file = DirectoriesFile.parse({
    directories: [
      {
        id: 'corp',
        url: `ldaps://127.0.0.1:${slapd.tlsPort}`,
        bind_dn: SERVICE_DN,
        bind_password_file: 'x',
        base_dn: `ou=people,${BASE}`,
        user_filter: '(&(objectClass=inetOrgPerson)(|(uid={login})(mail={login})))',
        attributes: {
          username: 'uid',
          unique_id: 'entryUUID',
          email: 'mail',
          display_name: 'displayName',
          extension: 'telephoneNumber',
        },
        roles: { [`CN=phone\\2C admins, OU=groups,${BASE}`]: 'admin' },
        ...changes,
      },
    ],
  })
  const [settings] = file.directories
  if (settings === undefined) throw new Error()
  const onFailure = Object.assign((err: unknown) => void failures.push(String(err)), {})
  return createLdapDirectory({ settings, ca: readPem(ca), bindPassword, onFailure })
}

const find = (login: string, options?: Options) =>
  directory(options).ask((session) => session.findByLogin(login))

const verify = (login: string, password: string, options?: Options) =>
  directory(options).ask(async (session) => {
    const found = await session.findByLogin(login)
    return found.is === 'one' ? (await session.verifyPassword(found.entry.dn, password)).is : found.is
  })

describe('a directory', () => {
  test.each([
    ['LDAPS', {}],
    ['StartTLS', { start_tls: true }],
    ['clear text on loopback', {}],
  ])('finds a person and verifies a password over %s', async (how, more) => {
    const changes = how === 'LDAPS' ? {} : { url: `ldap://127.0.0.1:${slapd.port}`, ...more }
    expect(await verify('anna', 'anna knows', { changes })).toBe('right')
    expect(await verify('anna@example.org', 'anna knows', { changes })).toBe('right')
    expect(await verify('anna', 'boris knows', { changes })).toBe('wrong')
    expect(await verify('stranger', 'anna knows', { changes })).toBe('none')
  })

  test('maps attributes, and groups to a role', async () => {
    expect(await find('anna')).toMatchObject({
      is: 'one',
      entry: {
        dn: `uid=anna,ou=people,${BASE}`,
        sourceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        username: 'anna',
        email: 'anna@example.org',
        displayName: 'Anna García',
        extension: '204',
        role: 'admin',
        barred: undefined,
      },
    })
    expect(await find('boris')).toMatchObject({ entry: { role: 'user', displayName: null, extension: null } })
  })

  test('finds groups by a search, and bars who is outside the required one', async () => {
    const changes = {
      group_search: { base_dn: `ou=groups,${BASE}`, filter: '(&(objectClass=groupOfNames)(member={dn}))' },
      group_attribute: 'description',
      required_group: `cn=staff,ou=groups,${BASE}`,
    }
    const bindPassword = SERVICE_PASSWORD
    expect(await find('anna', { changes, bindPassword })).toMatchObject({
      entry: { role: 'admin', barred: undefined },
    })
    expect(await find('boris', { changes })).toMatchObject({
      entry: { role: 'user', barred: 'not_in_required_group' },
    })
  })

  test('verifies a person with an odd name', async () => {
    expect(await verify('Dóe, "O" +#=x', 'odd knows')).toBe('right')
    expect(await verify('Dóe, "O" +#=x', 'anna knows')).toBe('wrong')
  })

  test.each(['*', 'anna*', '*)(uid=*', 'anna)(|(uid=*', 'a\\6ena', '\\2a', 'anna\0', '(', ')', '&', '\\'])(
    'finds nothing for the login %j',
    async (login) => expect(await find(login)).toEqual({ is: 'none' }),
  )

  test('refuses a login that two entries have', async () => {
    expect(await verify('twin@example.org', 'twin knows')).toBe('several')
  })

  test('refuses an empty password, with which the server itself accepts any name', async () => {
    const client = await slapd.admin()
    await expect(client.bind(`uid=anna,ou=people,${BASE}`, '')).resolves.toBeUndefined()
    await client.unbind()
    expect(await verify('anna', '')).toBe('wrong')
  })

  test('finds a renamed entry by its unique id, and none after it was deleted', async () => {
    const dn = await slapd.addPerson('clara', 'clara knows')
    const before = await find('clara')
    const id = before.is === 'one' ? before.entry.sourceId : ''
    const client = await slapd.admin()
    await client.modifyDN(dn, `uid=klara,ou=people,${BASE}`)
    const after = await directory().ask((session) => session.findById(id))
    expect(after).toMatchObject({ entry: { sourceId: id, dn: `uid=klara,ou=people,${BASE}` } })
    await client.del(`uid=klara,ou=people,${BASE}`)
    await client.unbind()
    expect(await directory().ask((session) => session.findById(id))).toEqual({ is: 'none' })
  })

  test('takes the role away with the group', async () => {
    const dn = await slapd.addPerson('dora', 'dora knows')
    const group = await slapd.addGroup('chiefs', [dn])
    const changes = { roles: { [group]: 'supervisor' } }
    expect(await find('dora', { changes })).toMatchObject({ entry: { role: 'supervisor' } })
    const client = await slapd.admin()
    await client.del(group)
    await client.unbind()
    expect(await find('dora', { changes })).toMatchObject({ entry: { role: 'user' } })
  })

  test('uses the name of the entry as its id, where the settings name it', async () => {
    const attributes = { username: 'uid', unique_id: 'dn' }
    const found = await find('anna', { changes: { attributes } })
    expect(found).toMatchObject({ entry: { sourceId: `uid=anna,ou=people,${BASE}` } })
    const byId = (id: string) => directory({ changes: { attributes } }).ask((session) => session.findById(id))
    expect(await byId(`uid=anna,ou=people,${BASE}`)).toEqual(found)
    expect(await byId(`uid=gone,ou=people,${BASE}`)).toEqual({ is: 'none' })
  })

  test('an entry with two unique ids is no person', async () => {
    const dn = await slapd.addPerson('emil', 'emil knows', { employeeNumber: '7' })
    const changes = { attributes: { username: 'uid', unique_id: 'mail' } }
    expect(await find('emil', { changes })).toMatchObject({ entry: { sourceId: 'emil@example.org' } })
    const client = await slapd.admin()
    const modification = new Attribute({ type: 'mail', values: ['second@example.org'] })
    await client.modify(dn, new Change({ operation: 'add', modification }))
    await client.unbind()
    expect(await find('emil', { changes })).toEqual({ is: 'incomplete' })
  })
})

describe('a directory that cannot be asked is unavailable', () => {
  const unavailable = { code: 'unavailable' }

  test('with the wrong password of the service account', async () => {
    await expect(verify('anna', 'anna knows', { bindPassword: 'wrong' })).rejects.toMatchObject(unavailable)
  })

  test('with an unknown base', async () => {
    const changes = { base_dn: 'dc=elsewhere' }
    await expect(verify('anna', 'anna knows', { changes })).rejects.toMatchObject(unavailable)
  })

  test('with a certificate of another authority, for another host, or expired', async () => {
    const cases: [string, Options, { certificate: string; key: string } | undefined][] = [
      ['self-signed|unable to verify|issuer', { ca: other.certificate }, undefined],
      ['altnames', {}, await issued('elsewhere', 'ldap.example.org')],
      ['expired', {}, await issued('expired', '127.0.0.1', -2)],
    ]
    for (const [why, options, certificate] of cases) {
      if (certificate) await slapd.restart(certificate)
      for (const changes of [{}, { url: `ldap://127.0.0.1:${slapd.port}`, start_tls: true }]) {
        failures.length = 0
        const outcome = verify('anna', 'anna knows', { ...options, changes })
        await expect(outcome).rejects.toMatchObject(unavailable)
        expect(failures.join()).toMatch(new RegExp(why, 'i'))
      }
    }
    await slapd.restart()
    expect(await verify('anna', 'anna knows')).toBe('right')
  })

  test('while it is stopped in a bind, and when it is killed there', async () => {
    const stopped = directory({ changes: { timeout_ms: 1_000 } }).ask(async (session) => {
      const found = await session.findByLogin('anna')
      await slapd.freeze()
      return session.verifyPassword(found.is === 'one' ? found.entry.dn : '', 'anna knows')
    })
    await expect(stopped).rejects.toMatchObject(unavailable)
    await expect(verify('anna', 'anna knows', { changes: { timeout_ms: 300 } })).rejects.toMatchObject(
      unavailable,
    )
    slapd.signal('SIGCONT')
    const killed = directory().ask(async (session) => {
      const found = await session.findByLogin('anna')
      await slapd.freeze()
      setTimeout(() => slapd.signal('SIGKILL'), 100)
      return session.verifyPassword(found.is === 'one' ? found.entry.dn : '', 'anna knows')
    })
    await expect(killed).rejects.toMatchObject(unavailable)
    await expect(verify('anna', 'anna knows')).rejects.toMatchObject(unavailable)
    await slapd.restart()
    expect(await verify('anna', 'anna knows')).toBe('right')
  })

  test('with a server that accepts and answers nothing, or garbage', async () => {
    for (const answer of ['', 'HTTP/1.1 200 OK\r\n\r\n']) {
      const server = createServer((socket) => {
        socket.on('error', () => {})
        socket.write(answer)
      })
      const port = await new Promise<number>((resolve) =>
        server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
      )
      for (const start_tls of [true, false]) {
        const changes = { url: `ldap://127.0.0.1:${port}`, start_tls, timeout_ms: 300 }
        await expect(verify('anna', 'anna knows', { changes })).rejects.toMatchObject(unavailable)
      }
      server.close()
    }
  })
})
