import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addCheapUsers } from '../../support/seed-users.ts'
import { loginSessionClient, type SessionClient, type SessionCounts } from '../../support/session-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

const SESSIONS = 2_000
const USERS = 40
const AT_ONCE = 24
const SPAN_MS = 30_000

let stack: Stack
let users: string[]
beforeAll(async () => {
  const data = mkdtempSync(join(tmpdir(), 'hs-'))
  users = await addCheapUsers(data, USERS)
  stack = await startStack({ data, env: { HOOKSWITCH_LOG_LEVEL: 'warn' } })
})
afterAll(() => stack?.stop())

const any = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T // never asked of none

/** Does it for each, a few at a time. */
async function forEach<T>(all: Iterable<T>, deed: (one: T) => Promise<void>): Promise<void> {
  const rest = all[Symbol.iterator]()
  const worker = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await deed(next.value)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

test('2 000 sessions live through half a minute of coming and going in which Redis is killed twice: none is lost, none comes back', async () => {
  const count: SessionCounts = { logins: 0, refreshes: 0, logouts: 0, unavailable: 0 }
  const live = new Set<SessionClient>()
  const ended = new Set<SessionClient>()
  const lost: SessionClient[] = []
  const logIn = async () => {
    live.add(await loginSessionClient(stack, any(['softphone', 'mikopbx'] as const), any(users), count))
  }
  await forEach(Array.from({ length: SESSIONS }), logIn)

  /** One client at a time has a session in its hands. */
  const take = () => {
    const client = any([...live])
    live.delete(client)
    return client
  }
  const end = performance.now() + SPAN_MS
  const coming = forEach(
    endlessly(() => performance.now() < end),
    async () => {
      const dice = Math.random()
      if (dice < 0.1) return logIn()
      const client = take()
      if (dice < 0.2) {
        await client.logout()
        ended.add(client)
      } else if (await client.refresh()) live.add(client)
      else lost.push(client)
    },
  )
  for (const _ of ['once', 'twice']) {
    await new Promise((resolve) => setTimeout(resolve, SPAN_MS / 3))
    const before = stack.pid('redis')
    stack.signal('redis', 'SIGKILL')
    await waitUntil('another Redis', () => stack.pid('redis') !== before)
  }
  await coming
  console.log('soak', { ...count, live: live.size, ended: ended.size, lost: lost.length })

  const cameBack: string[] = []
  await forEach(ended, async (client) => {
    if ((await client.media()) !== 401) cameBack.push('at the gate')
    if (await client.refresh()) cameBack.push('by refreshing')
  })
  await forEach(live, async (client) => {
    if (!(await client.refresh()) || (await client.media()) !== 200) lost.push(client)
  })
  expect({ lost: lost.length, cameBack }).toEqual({ lost: 0, cameBack: [] })
  expect(count.unavailable).toBeGreaterThan(0)
  expect(ended.size).toBeGreaterThan(0)
}, 240_000)

function* endlessly(goesOn: () => boolean): Generator<void> {
  while (goesOn()) yield
}
