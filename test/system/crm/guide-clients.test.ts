import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { project } from '../../support/build.ts'
import { seedCallCenter } from '../../support/call-center.ts'
import { requestJson } from '../../support/http-client.ts'
import { CHEAP_PASSWORD } from '../../support/seed-users.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const folder = join(project, 'test/system/crm/clients')
const data = mkdtempSync(join(tmpdir(), 'crm-guide-'))
let stack: Stack
beforeAll(async () => {
  await seedCallCenter(data)
  stack = await startStack({ data, demo: false })
})
afterAll(() => stack?.stop())

/** Types of the guide's Rust client; `serde` rejects any other value. */
const i32 = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1)
const LoginResponse = z.object({ token: z.string(), user_id: i32, username: z.string(), role: z.string() })
const Lead = z.object({ id: i32, name: z.string(), phone: z.string() })

describe('the guide’s JavaScript client', () => {
  interface ApiClient {
    token: string | null
    login(username: string, password: string): Promise<unknown>
    request(endpoint: string): Promise<unknown>
    getLeads(): Promise<unknown>
    createLead(lead: object): Promise<unknown>
    getCampaigns(): Promise<unknown>
  }
  const storage = new Map<string, string>()
  async function open(): Promise<ApiClient> {
    // The class needs the localStorage of a browser.
    vi.stubGlobal('localStorage', {
      getItem: (name: string) => storage.get(name) ?? null,
      setItem: (name: string, value: string) => storage.set(name, value),
      removeItem: (name: string) => storage.delete(name),
    })
    const loaded: { ApiClient: new (url: string) => ApiClient } = await import('./clients/client.mjs')
    return new loaded.ApiClient(stack.url)
  }
  beforeAll(() => {
    // The client prints errors before it throws them.
    vi.spyOn(console, 'error').mockImplementation(() => {})
  })
  afterAll(() => {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  test('logs in, stores the token, and creates and lists leads', async () => {
    const api = await open()
    expect(await api.login('anna', CHEAP_PASSWORD)).toMatchObject({ username: 'anna', role: 'agent' })
    expect(storage.get('jwt_token')).toBe(api.token)
    const lead = Lead.parse(await api.createLead({ name: 'Jane Smith', phone: '+1-555-0199' }))
    expect(lead.name).toBe('Jane Smith')
    expect(z.array(Lead).parse(await api.getLeads())).toContainEqual(lead)
    expect(await api.getCampaigns()).toEqual([])
  })

  test('rejects a wrong password', async () => {
    const api = await open()
    await expect(api.login('anna', 'wrong')).rejects.toThrow('Login failed')
  })

  test('removes a token that is no longer valid', async () => {
    const api = await open()
    await api.login('bert', CHEAP_PASSWORD)
    const token = api.token ?? ''
    const { sid } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    await requestJson(`${stack.url}/api/v1/sessions/${sid}`, { method: 'DELETE', token })
    await expect(api.getLeads()).rejects.toThrow('Authentication failed. Please login again.')
    expect([api.token, storage.has('jwt_token')]).toEqual([null, false])
    await expect(api.getLeads()).rejects.toThrow('Not authenticated')
  })
})

const runs = (...args: string[]) => spawnSync('python3', args, { stdio: 'ignore' }).status === 0
const hasPython = runs('--version')
const LIBRARIES = [
  // The calls that the client uses, over urllib, for machines without the package.
  ['a stand-in for requests', { PYTHONPATH: join(folder, 'shim') }],
  ...(hasPython && runs('-c', 'import requests') ? [['requests itself', {}] as const] : []),
] as const

describe.skipIf(!hasPython)(`the guide’s Python client${hasPython ? '' : ' (skipped: no python3)'}`, () => {
  test.each(LIBRARIES)('with %s logs in, creates and lists leads, and raises errors', async (_, more) => {
    const args = [join(folder, 'client.py'), stack.url, 'sven', CHEAP_PASSWORD]
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...more }
    const { stdout } = await promisify(execFile)('python3', args, { env, timeout: 60_000 })
    const output = JSON.parse(stdout)
    expect(output.before).toBe('ValueError: Not authenticated. Call login() first.')
    expect(output.wrong).toMatch(/^HTTPError: 401 /)
    expect(output.login).toMatchObject({ username: 'sven', role: 'supervisor' })
    const lead = Lead.parse(output.lead)
    expect(lead.name).toBe('Jane Smith')
    expect(z.array(Lead).parse(output.leads)).toContainEqual(lead)
    expect(output.tampered).toBe('ValueError: Authentication failed. Token may be expired.')
  })
})

// Without Rust on the machine, answers are checked against the types of the client.
describe('the guide’s Rust client', () => {
  test('can read each answer into its structs', async () => {
    const json = { username: 'tara', password: CHEAP_PASSWORD }
    const { body } = await requestJson(`${stack.url}/api/auth/login`, { json })
    const { token } = LoginResponse.parse(body)
    // Existing front ends also read `user`.
    expect(Object.keys(body)).toEqual([...Object.keys(LoginResponse.shape), 'user'])
    const url = `${stack.url}/api/leads`
    await requestJson(url, { token, json: { name: 'Jane Smith', phone: '+1-555-0199' } })
    const { status, body: leads } = await requestJson(url, { token })
    expect([status, z.array(Lead).min(1).safeParse(leads).success]).toEqual([200, true])
    expect((await requestJson(url, { token: `${token}x` })).status).toBe(401)
  })
})
