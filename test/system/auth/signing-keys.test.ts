import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterEach, describe, expect, test } from 'vitest'
import { project } from '../../support/build.ts'
import { login, mediaStatus, requestJson } from '../../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

let stack: Stack | undefined
afterEach(async () => {
  await stack?.stop()
})

/** `bin/hookswitch`, as its bundle. */
async function hookswitch(data: string, ...args: string[]) {
  const env = { ...process.env, HOOKSWITCH_DATA: data }
  return promisify(execFile)(process.execPath, [join(project, 'dist', 'hookswitch.js'), ...args], {
    env,
  }).then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    (err: { code: number; stderr: string }) => ({ code: err.code, output: err.stderr }),
  )
}
const kidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid

describe('keys', () => {
  test('are rotated without a logout, and a retired one’s tokens are refused', async () => {
    const here = await startStack()
    stack = here
    const before = await login(here)
    const oldKid = kidOf(before.access)
    expect((await hookswitch(here.data, 'keys', 'list')).output).toContain(`${oldKid}  HS256`)

    const added = await hookswitch(here.data, 'keys', 'add')
    const newKid = /^(\S+):/.exec(added.output)?.[1] ?? ''
    const seen = new Set<number>()
    await waitUntil('the new key signs', async () => {
      const { access } = await login(here)
      // Whichever key signed it: it is good at once, everywhere.
      seen.add(await mediaStatus(here, '1001/hello.wav', access))
      return kidOf(access) === newKid
    })
    expect([...seen]).toEqual([200])
    expect(await mediaStatus(here, '1001/hello.wav', before.access)).toBe(200)
    const { status } = await requestJson(`${here.base}/auth/refresh`, {
      method: 'POST',
      token: before.refresh,
    })
    expect(status).toBe(200)

    const early = await hookswitch(here.data, 'keys', 'retire', oldKid)
    expect(early).toMatchObject({ code: 2, output: expect.stringContaining('--force') })
    expect(await mediaStatus(here, '1001/hello.wav', before.access)).toBe(200)
    expect((await hookswitch(here.data, 'keys', 'retire', oldKid, '--force')).code).toBe(0)
    await waitUntil(
      'its tokens are refused',
      async () => (await mediaStatus(here, '1001/hello.wav', before.access)) === 401,
    )
    const files = readdirSync(join(here.data, 'keys')).filter((name) => name.includes('-'))
    expect(files.sort()).toEqual([`${newKid}.key`, `${oldKid}.retired`].sort())
  })

  test.each([
    ['retiring the only key', ['keys', 'retire', 'KID'], /newest key: add another one first/],
    ['retiring one that is not there', ['keys', 'retire', '../../etc/passwd'], /name a key of/],
    ['an unknown algorithm', ['keys', 'add', '--alg', 'none'], /--alg is one of HS256, EdDSA/],
    ['an unknown command', ['keys', 'eat'], /keys list, add or retire/],
    ['an unknown flag', ['keys', 'list', '--all'], /--all/],
  ])('%s is refused in one line', async (_, args, words) => {
    const data = mkdtempSync(join(tmpdir(), 'hs-'))
    const { output: added } = await hookswitch(data, 'keys', 'add')
    const kid = /^(\S+):/.exec(added)?.[1] ?? ''
    const { code, output } = await hookswitch(data, ...args.map((arg) => (arg === 'KID' ? kid : arg)))
    rmSync(data, { recursive: true })
    expect(code).toBe(2)
    expect(output).toMatch(words)
    expect(output.trim().split('\n')).toHaveLength(1)
  })

  test('with EdDSA any client can verify a token by the published keys, and the gate does', async () => {
    const here = await startStack({ env: { HOOKSWITCH_TOKEN_ALG: 'EdDSA' } })
    stack = here
    const { access } = await login(here)
    expect(await mediaStatus(here, '1001/hello.wav', access)).toBe(200)

    const { body } = await requestJson(`${here.url}/.well-known/jwks.json`)
    expect(JSON.stringify(body)).not.toContain('"d"')
    const keys = createLocalJWKSet(body as unknown as Parameters<typeof createLocalJWKSet>[0]) // the document's shape
    const { payload } = await jwtVerify(access, keys, {
      issuer: 'hookswitch',
      audience: 'hookswitch',
      typ: 'at+jwt',
    })
    expect(payload).toMatchObject({ username: 'user1' })

    // Tokens of the other algorithm's key live on beside it.
    const added = await hookswitch(here.data, 'keys', 'add', '--alg', 'HS256')
    expect(added.code).toBe(0)
  })
})
