import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { findOrUnpackAsterisk } from '../../bin/system/asterisk.ts'
import { whyAsteriskUnavailable } from '../support/asterisk.ts'
import { project, systemFolder } from '../support/build.ts'
import { login, requestJson } from '../support/http-client.ts'
import { type Phone, startPhone } from '../support/phone.ts'
import { type Stack, waitUntil } from '../support/stack.ts'
import { blocksIn } from './blocks.ts'
import { startDemo } from './demo.ts'

/** The clients of docs/softphone-guide.md, as they stand there, against a demo with an Asterisk. */
const missing = await whyAsteriskUnavailable()
const title = `the clients of docs/softphone-guide.md${missing === undefined ? '' : ` (skipped: ${missing})`}`
const GUIDE = 'docs/softphone-guide.md'

interface Message {
  type: string
  command?: string
  call?: { id: string; state: string; outcome: string | null }
}
interface Client {
  login(username: string, password: string): Promise<void>
  follow(): Promise<void>
  refresh(): Promise<boolean>
  dial(number: string, key?: string): Promise<string>
  command(id: string, command: string): Promise<void>
  logout(): Promise<void>
}

describe.skipIf(missing !== undefined)(title, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hs-guide-'))
  let stack: Stack
  let phone: Phone
  const open: Client[] = []
  beforeAll(async () => {
    const demo = await startDemo({ HOOKSWITCH_MAX_STREAMS_PER_USER: '2' })
    stack = demo
    const programs = await findOrUnpackAsterisk(systemFolder, join(project, 'bin/pbx'), () => {})
    const secret = readFileSync(join(stack.data, 'asterisk', 'phones.secret'), 'latin1').trim()
    const its = { programs, sipPort: demo.sipPort, secretOf: () => secret }
    phone = await startPhone(its, '1003', { answer: 'manual' })
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.logout().catch(() => {})))
  })
  afterAll(async () => {
    await phone?.stop()
    await stack?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  describe('JavaScript', () => {
    const [source] = blocksIn(GUIDE, 'js')
    const file = join(folder, 'client.mjs')
    writeFileSync(file, source?.text ?? '')

    /** A client of the guide, and the calls of its callbacks. */
    async function connect(username: string, more: object = {}) {
      const { createClient } = (await import(pathToFileURL(file).href)) as {
        createClient(needs: object): Client
      }
      const seen = { messages: [] as Message[], calls: [] as unknown[][], ends: [] as string[] }
      const client = createClient({
        url: stack.url,
        WebSocket,
        onMessage: (message: Message) => seen.messages.push(message),
        onCalls: (calls: unknown[]) => seen.calls.push(calls),
        onLogout: () => seen.ends.push('logout'),
        onStop: (code: number) => seen.ends.push(String(code)),
        ...more,
      })
      await client.login(username, 'password')
      open.push(client)
      return { client, seen }
    }
    const isOpen = (seen: { calls: unknown[][] }) =>
      waitUntil('its stream is open', () => seen.calls.length > 0)
    const ended = ({ messages }: { messages: Message[] }) =>
      messages.find(({ call }) => call?.state === 'ended')?.call?.outcome

    test('gives the reason why a login fails', async () => {
      const { client } = await connect('user1')
      await expect(client.login('user1', 'wrong')).rejects.toThrow('Invalid credentials')
    })

    test('dials, answers by the softphone, and hangs up', async () => {
      const user3 = await connect('user3', {
        onMessage(message: Message) {
          user3.seen.messages.push(message)
          if (message.type === 'incoming_call') void user3.client.command(message.call?.id ?? '', 'answer')
          if (message.command === 'answer') void phone.accept()
        },
      })
      await user3.client.follow()
      await isOpen(user3.seen)
      const user1 = await connect('user1')
      await user1.client.follow()
      await isOpen(user1.seen)

      const id = await user1.client.dial('1003', 'one-key')
      expect(await user1.client.dial('1003', 'one-key')).toBe(id)
      const isUp = ({ call }: Message) => call?.id === id && call.state === 'up'
      await waitUntil('both get the call as up', () =>
        [user1, user3].every(({ seen }) => seen.messages.some(isUp)),
      )
      expect(user3.seen.messages.filter(({ command }) => command === 'answer')).toHaveLength(1)
      await user1.client.command(id, 'hangup')
      await waitUntil('both get the end of the call', () =>
        [user1, user3].every(({ seen }) => ended(seen) === 'answered'),
      )
    })

    test('goes on with a new token: a 401 is refreshed, its stream renewed and not opened again', async () => {
      let expired = 1
      const { client, seen } = await connect('user2', {
        fetch: (address: string, init: RequestInit) =>
          address.endsWith('/hangup') && expired-- > 0
            ? Promise.resolve(new Response('', { status: 401 }))
            : fetch(address, init),
      })
      await client.follow()
      await isOpen(seen)
      await expect(client.command('hk_none', 'hangup')).rejects.toThrow('no such call')
      expect(expired).toBe(-1)
      expect(seen).toMatchObject({ calls: { length: 1 }, ends: [] })
    })

    test('comes back after an interruption (1012), and reads the calls anew', async () => {
      const { client, seen } = await connect('user2')
      await client.follow()
      await isOpen(seen)
      stack.signal('stream-1', 'SIGKILL')
      await waitUntil('it is back', () => seen.calls.length > 1)
      expect(seen.ends).toEqual([])
    })

    test('calls onLogout once if its session was ended elsewhere (4401)', async () => {
      const { client, seen } = await connect('user2')
      await client.follow()
      await isOpen(seen)
      const { access: token } = await login(stack, 'user2')
      await requestJson(`${stack.url}/api/v1/sessions?scope=others`, { method: 'DELETE', token })
      await waitUntil('it knows', () => seen.ends.length > 0)
      expect(seen.ends).toEqual(['logout'])
    })

    test('does not fight for a place: the oldest of too many streams ends with 4429', async () => {
      const first = await connect('user2')
      await first.client.follow()
      await isOpen(first.seen)
      for (let n = 0; n < 2; n += 1) {
        const next = await connect('user2')
        await next.client.follow()
        await isOpen(next.seen)
      }
      await waitUntil('it made room', () => first.seen.ends.length > 0)
      expect(first.seen).toMatchObject({ ends: ['4429'], calls: { length: 1 } })
    })

    test('takes 503 for no logout', async () => {
      let away = 2
      const { client, seen } = await connect('user1', {
        fetch: (address: string, init: RequestInit) => {
          if (!address.endsWith('/refresh') || away === 0) return fetch(address, init)
          away -= 1
          return away === 1
            ? Promise.reject(new TypeError('no network'))
            : Promise.resolve(new Response('', { status: 503 }))
        },
      })
      expect(await client.refresh()).toBe(true)
      expect({ away, ends: seen.ends }).toEqual({ away: 0, ends: [] })
    })
  })

  const hasPython = spawnSync('python3', ['--version'], { stdio: 'ignore' }).status === 0
  test.skipIf(!hasPython)(
    'Python: logs in, follows, dials, hangs up, and raises LoggedOut at the end of its session',
    async () => {
      const [source] = blocksIn(GUIDE, 'python')
      const use = `
import sys
import threading
client = Client(sys.argv[1])
try:
    client.login("user1", "wrong")
except ValueError as err:
    print(err)
client.login("user1", "password")
seen, up, over = [], threading.Event(), threading.Event()
def listen():
    try:
        for message in client.follow():
            seen.append(message["type"])
            if message.get("call", {}).get("state") == "up":
                up.set()
            if message.get("call", {}).get("outcome") == "answered":
                over.set()
    except LoggedOut:
        seen.append("logged out")
thread = threading.Thread(target=listen)
thread.start()
time.sleep(1)
client.refresh()
call = client.dial("1002")
print(up.wait(20))
client.command(call, "hangup")
print(over.wait(20))
client.expires_at = 0
print(client.call("GET", "/api/v1/calls")[0])
me = Client(sys.argv[1])
me.login("user1", "password")
me.call("DELETE", "/api/v1/sessions?scope=others")
thread.join(20)
print(seen[-1])
me.logout()
`
      const file = join(folder, 'client.py')
      writeFileSync(file, `${source?.text}\n${use}`)
      const { stdout } = await promisify(execFile)('python3', [file, stack.url], { timeout: 60_000 })
      expect(stdout.trim().split('\n')).toEqual(['Invalid credentials', 'True', 'True', '200', 'logged out'])
    },
  )
})
