import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { requireProvider } from '../../../bin/admin/load-directories.ts'

const folder = mkdtempSync(join(tmpdir(), 'link-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('an account is linked to a provider of the file alone', () => {
  const path = join(folder, 'providers.json')
  const provider = { id: 'corp', name: 'Corp', issuer: 'https://id.example.org', client_id: 'x' }
  writeFileSync(path, JSON.stringify({ providers: [provider] }))
  expect(requireProvider(path, 'oidc:corp')).toBe('corp')
  expect(requireProvider(path, 'ldap:corp')).toBeUndefined()
  expect(() => requireProvider(path, 'oidc:gone')).toThrow(/no provider "oidc:gone".*has oidc:corp/)
  expect(() => requireProvider(path, 'oidc:')).toThrow(/no provider/)
  expect(() => requireProvider(undefined, 'oidc:corp')).toThrow(/HOOKSWITCH_PROVIDERS_FILE has none/)
})
