import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { project } from '../support/build.ts'
import {
  login,
  logout,
  publish,
  requestJson,
  type SessionTokens,
  subscribeSse,
} from '../support/http-client.ts'
import { type SecondNode, secondRunFolder, startSecondNode } from '../support/second-node.ts'
import { type Stack, startStack, waitUntil } from '../support/stack.ts'

let data: string
let one: Stack
let two: SecondNode
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'hs-'))
  const sockets = [join(data, 'run', 'publish-1.sock'), join(secondRunFolder(data), 'publish-1.sock')].join(
    ',',
  )
  one = await startStack({ data, keepData: true, env: { HOOKSWITCH_NGINX_SOCKETS: sockets } })
  two = await startSecondNode(one, { HOOKSWITCH_NGINX_SOCKETS: sockets })
  await publish(one, { states: {} })
})
afterAll(async () => {
  await two?.stop()
  await one?.stop()
  rmSync(data, { recursive: true, force: true })
})

/** `bin/hookswitch` on the database of both. */
const hookswitch = async (...args: string[]) => {
  const child = execFile(process.execPath, [join(project, 'dist', 'hookswitch.js'), ...args], {
    env: { ...process.env, HOOKSWITCH_DATA: data },
  })
  child.stdin?.end('another-password')
  await new Promise<void>((resolve, reject) =>
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`exit code ${code}`)))),
  )
}

function webSocket(node: SecondNode, token: string) {
  const socket = new WebSocket(`${node.base.replace('http', 'ws')}/sub/users-state`, {
    headers: { Authorization: `Bearer ${token}` },
  })
  const seen: { messages: Record<string, unknown>[]; closedAt?: number } = { messages: [] }
  socket.on('message', (message) => seen.messages.push(JSON.parse(String(message))))
  socket.on('close', () => {
    seen.closedAt = performance.now()
  })
  socket.on('error', () => {})
  return { seen, close: () => socket.terminate() }
}

/** An EventSource and a WebSocket on each node. */
async function followEverywhere(token: string) {
  const sse = [one, two].map((node) => subscribeSse(node, token))
  const ws = [one, two].map((node) => webSocket(node, token))
  await waitUntil('all four are open', () =>
    [...sse, ...ws.map(({ seen }) => seen)].every((it) => it.messages.length > 0),
  )
  return {
    endedAt: () => [...sse.map((it) => it.lostAt()), ...ws.map(({ seen }) => seen.closedAt)],
    saw: (mark: string) =>
      [...sse, ...ws.map(({ seen }) => seen)].every((it) => it.messages.at(-1)?.mark === mark),
    opens: () => sse.map((it) => it.opens()),
    close: () => [...sse, ...ws].forEach((it) => void it.close()),
  }
}

const media = async (node: SecondNode, token: string, extension = '1001') =>
  (await requestJson(`${node.url}/media/${extension}/hello.wav`, { token })).status
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
const cookieLogin = async (node: SecondNode) => {
  const { headers, body } = await requestJson(`${node.url}/pbxcore/api/v3/auth:login`, {
    json: { login: 'user1', password: 'password' },
  })
  const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return { cookie, access: (body.data as { accessToken: string }).accessToken } // the documented shape
}
const admin = () => login(one, 'admin')

describe('over two nginx, two sidecars and two apis on one Redis', () => {
  test('news reach who follows either', async () => {
    const { access } = await login(one)
    const everywhere = await followEverywhere(access)
    await publish(one, { states: {}, mark: 'from one' })
    await waitUntil('all saw it', () => everywhere.saw('from one'))
    await requestJson(`${two.base}/pub/users-state`, { json: { states: {}, mark: 'from two' } })
    await waitUntil('all saw that, too', () => everywhere.saw('from two'))
    everywhere.close()
  })

  const endings: [string, (session: SessionTokens) => Promise<unknown>][] = [
    ['a logout at one node', (session) => logout(one, session)],
    ['a logout at the other node', (session) => logout(two, session)],
    [
      'the user, from another session',
      async ({ access }) => {
        const path = `sessions/${claimsOf(access).sid}`
        return requestJson(`${two.url}/api/v1/${path}`, {
          method: 'DELETE',
          token: (await login(one)).access,
        })
      },
    ],
    [
      'an admin',
      async ({ access }) => {
        const path = `users/${claimsOf(access).sub}/sessions`
        return requestJson(`${two.url}/api/v1/${path}`, { method: 'DELETE', token: (await admin()).access })
      },
    ],
    ['the admin’s command', ({ access }) => hookswitch('sessions', 'end', claimsOf(access).sid)],
  ]
  test.each(endings)(
    '%s cuts its streams and refuses its media on both nodes, and those of no other session',
    async (_, end) => {
      const [session, bystander] = [await login(one), await login(two, 'user2')]
      const [mine, theirs] = [
        await followEverywhere(session.access),
        await followEverywhere(bystander.access),
      ]
      await end(session)
      const endedAt = performance.now()
      await waitUntil('all four are cut', () => mine.endedAt().every((at) => at !== undefined))
      // Within a second of the answer that acknowledged it.
      for (const at of mine.endedAt()) expect((at ?? 0) - endedAt).toBeLessThan(1_000)
      expect(await Promise.all([one, two].map((node) => media(node, session.access)))).toEqual([401, 401])
      await waitUntil('the security log says so', () =>
        one.logs().includes(`"sessionId":"${claimsOf(session.access).sid}"`),
      )

      expect(theirs.endedAt()).toEqual([undefined, undefined, undefined, undefined])
      expect(await Promise.all([one, two].map((node) => media(node, bystander.access, '1002')))).toEqual([
        200, 200,
      ])
      for (const it of [mine, theirs]) it.close()
    },
  )

  test.each([
    ['a password that was changed', ['users', 'passwd', 'user3']],
    ['a user who was disabled', ['users', 'disable', 'user3']],
    ['a user who was deleted', ['users', 'delete', 'user3', '--force']],
  ])('%s cuts every session of the user', async (_, words) => {
    const password = words[1] === 'passwd' ? 'password' : 'another-password'
    if (words[1] === 'delete') await hookswitch('users', 'enable', 'user3')
    const session = await login(one, 'user3', password)
    const mine = await followEverywhere(session.access)
    await hookswitch(...words)
    await waitUntil('all four are cut', () => mine.endedAt().every((at) => at !== undefined))
    expect(await Promise.all([one, two].map((node) => media(node, session.access, '1003')))).toEqual([
      401, 401,
    ])
    const refreshed = await requestJson(`${two.base}/auth/refresh`, {
      method: 'POST',
      token: session.refresh,
    })
    expect(refreshed.status).toBe(401)
    mine.close()
  })

  test('a refresh at the one node is good at the other, and cuts no stream', async () => {
    const { cookie, access } = await cookieLogin(one)
    const mine = await followEverywhere(access)
    let last = cookie
    for (const node of [two, one, two]) {
      const { status, headers } = await requestJson(`${node.url}/pbxcore/api/v3/auth:refresh`, {
        method: 'POST',
        headers: { Cookie: last },
      })
      expect(status).toBe(200)
      last = headers.getSetCookie()[0]?.split(';')[0] ?? ''
    }
    await publish(one, { states: {}, mark: 'after refreshes' })
    await waitUntil('all saw what came after', () => mine.saw('after refreshes'))
    expect(mine.opens()).toEqual([1, 1])
    mine.close()
  })
})
