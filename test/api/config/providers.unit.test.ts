import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readProvidersFile } from '../../../api/config/providers.ts'

const folder = mkdtempSync(join(tmpdir(), 'providers-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'providers.json')
const good = {
  ...{ id: 'corp', name: 'Corp', issuer: 'https://id.example.org', client_id: 'hookswitch' },
  client_secret_file: 'secret',
}

describe('the file of providers', () => {
  const read = (providers: unknown) => {
    writeFileSync(join(folder, 'secret'), 'hunter2\n')
    writeFileSync(join(folder, 'empty'), '\n')
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    writeFileSync(path, typeof providers === 'string' ? providers : JSON.stringify({ providers }))
    return readProvidersFile(path)
  }

  test('gives providers with their secrets', () => {
    const [provider] = read([good])
    expect(provider).toMatchObject({
      ...{ id: 'corp', clientSecret: 'hunter2', privateKey: undefined, create_accounts: false },
      ...{ scopes: ['openid', 'profile', 'email'], allow_http_loopback: false },
      claims: { username: 'preferred_username', groups: 'groups' },
    })
    const { client_secret_file: _, ...rest } = good
    expect(read([{ ...rest, private_key_file: 'key.pem' }])[0]?.privateKey).toContain('PRIVATE KEY')
    expect(readProvidersFile(undefined)).toEqual([])
  })

  test.each([
    ['no JSON', '{', /is no JSON/],
    ['an unknown member', [{ ...good, secret: 'hunter2' }], /providers\[0\].*secret/],
    ['an id in capitals', [{ ...good, id: 'Corp' }], /providers\[0\]\.id: must be/],
    ['one id twice', [good, good], /an id of its own each/],
    ['an issuer without TLS', [{ ...good, issuer: 'http://id.example.org' }], /issuer: must be https/],
    [
      'an issuer without TLS, although not at loopback',
      [{ ...good, issuer: 'http://id.example.org', allow_http_loopback: true }],
      /issuer: must be https/,
    ],
    ['loopback that is not allowed', [{ ...good, issuer: 'http://127.0.0.1:1' }], /issuer: must be https/],
    ['scopes without openid', [{ ...good, scopes: ['email'] }], /scopes: must include openid/],
    ['a role that is none', [{ ...good, roles: { a: 'root' } }], /roles\.a/],
    [
      'a secret that is missing',
      [{ ...good, client_secret_file: 'gone' }],
      /names gone, which cannot be read/,
    ],
    ['a secret that is empty', [{ ...good, client_secret_file: 'empty' }], /names empty, which is empty/],
    ['a secret and a key', [{ ...good, private_key_file: 'key.pem' }], /must not stand beside/],
  ])('refuses %s, and names no secret', (_, providers, message) => {
    expect(() => read(providers)).toThrow(message)
    expect(() => read(providers)).not.toThrow(/hunter2/)
  })

  test('refuses a key that is none', () => {
    const { client_secret_file: _, ...rest } = good
    expect(() => read([{ ...rest, private_key_file: 'secret' }])).toThrow(/no private key/)
  })
})
