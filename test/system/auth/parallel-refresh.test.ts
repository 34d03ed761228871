import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mediaStatus, publish, type SessionTokens, subscribeSse } from '../../support/http-client.ts'
import {
  loginByCookie,
  requestLogout,
  requestRefresh,
  sessionTokensOf,
} from '../../support/mikopbx-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

const FILE = '1001/hello.wav'
/** Long enough for a busy machine to answer fifty who race. */
const GRACE_S = 3

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ env: { HOOKSWITCH_REFRESH_GRACE: String(GRACE_S) } })
  await publish(stack, { states: {} })
})
afterAll(() => stack?.stop())

const media = (access: string) => mediaStatus(stack, FILE, access)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const times = <T>(count: number, run: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => run(n)))

/** @throws unless it was refreshed */
async function refreshed(secret: string): Promise<SessionTokens> {
  const reply = await requestRefresh(stack, secret)
  const next = sessionTokensOf(reply)
  if (next === undefined) throw new Error(`refused with ${reply.status}`)
  return next
}

describe('refreshing', () => {
  test('50 times at once with one secret gives 50 good access tokens and one child, which goes on', async () => {
    const { refresh } = await loginByCookie(stack)
    const replies = await times(50, () => requestRefresh(stack, refresh))
    expect(replies.map(({ status }) => status)).toEqual(Array(50).fill(200))
    const children = replies.map((reply) => sessionTokensOf(reply) ?? { access: '', refresh: '' })
    const [child, ...others] = new Set(children.map((one) => one.refresh))
    expect(others).toEqual([])
    expect(child).not.toBe(refresh)
    expect(new Set(await Promise.all(children.map(({ access }) => media(access))))).toEqual(new Set([200]))

    const grandchild = await refreshed(child ?? '')
    expect(await media(grandchild.access)).toBe(200)
  })

  test('by the parent within the grace gives the same child', async () => {
    const { refresh } = await loginByCookie(stack)
    const [one, other] = [await refreshed(refresh), await refreshed(refresh)]
    expect(other.refresh).toBe(one.refresh)
  })

  test.each([
    ['by the parent after the grace', 1, GRACE_S * 1000 + 200],
    ['by the grandparent at once', 2, 0],
  ])(
    '%s is the end of the session, its stream, and a line in the security log',
    async (_, rotations, waitMs) => {
      const first = await loginByCookie(stack)
      const bystander = await loginByCookie(stack)
      const all = [first]
      for (let n = 0; n < rotations; n += 1) all.push(await refreshed(all.at(-1)?.refresh ?? ''))
      const newest = all.at(-1) ?? first
      const follower = subscribeSse(stack, newest.access)
      await waitUntil('the stream is open', () => follower.messages.length > 0)

      await pause(waitMs)
      expect((await requestRefresh(stack, first.refresh)).status).toBe(401)
      await waitUntil('its stream is cut', () => follower.lostAt() !== undefined)
      for (const { access } of all)
        await waitUntil('its tokens pass nowhere', async () => (await media(access)) === 401)
      for (const { refresh } of all) expect((await requestRefresh(stack, refresh)).status).toBe(401)
      follower.close()

      const { sid } = JSON.parse(Buffer.from(first.access.split('.')[1] ?? '', 'base64url').toString())
      const lines = stack
        .logs()
        .split('\n')
        .filter((line) => line.includes('authn_token_reuse'))
      expect(lines.filter((line) => line.includes(sid))).toHaveLength(1)
      // Other sessions are unaffected, also those of the same user.
      expect(await media(bystander.access)).toBe(200)
      expect(await media((await refreshed(bystander.refresh)).access)).toBe(200)
    },
  )

  test('with what is no secret ends nothing', async () => {
    const { access, refresh } = await loginByCookie(stack)
    const forged = refresh.slice(0, -1) + (refresh.endsWith('0') ? '1' : '0')
    for (const garbage of [forged, 'x', '%00', refresh.toUpperCase(), '0'.repeat(136)]) {
      expect((await requestRefresh(stack, garbage)).status).toBe(401)
    }
    expect(await media(access)).toBe(200)
    await refreshed(refresh)
  })

  test('while logging out leaves nothing alive, 30 times', async () => {
    const raced = await times(30, async (n) => {
      const session = await loginByCookie(stack)
      const replies = await Promise.all([
        requestRefresh(stack, session.refresh),
        pause((n % 6) * 2).then(() => requestLogout(stack, session)),
        pause((n % 3) * 3).then(() => requestRefresh(stack, session.refresh)),
      ])
      const [one, out, other] = replies
      expect([200, 401]).toContain(one.status)
      expect([200, 401]).toContain(other.status)
      expect(out.status).toBe(200)
      return [session, sessionTokensOf(one), sessionTokensOf(other)].filter((each) => each !== undefined)
    })
    for (const { access, refresh } of raced.flat()) {
      await waitUntil('it passes nowhere', async () => (await media(access)) === 401)
      expect((await requestRefresh(stack, refresh)).status).toBe(401)
    }
  })

  test('while Redis is killed loses no session: the newest secret that was delivered goes on', async () => {
    const before = stack.pid('redis')
    let killed = false
    const failures = { count: 0 }
    const sessions = await times(20, () => loginByCookie(stack))
    const refreshing = sessions.map(async (session) => {
      let newest = session
      for (let left = 5; left > 0; ) {
        const reply = await requestRefresh(stack, newest.refresh)
        // Any other status would have logged the user out.
        expect([200, 503]).toContain(reply.status)
        newest = sessionTokensOf(reply) ?? newest
        if (reply.status === 503) {
          expect(reply.headers.getSetCookie()).toEqual([])
          failures.count += 1
          await pause(50)
        } else if (killed) left -= 1
      }
      return newest
    })
    await pause(300)
    stack.signal('redis', 'SIGKILL')
    killed = true
    await waitUntil('another Redis', () => stack.pid('redis') !== before)
    const newest = await Promise.all(refreshing)
    expect(failures.count).toBeGreaterThan(0)
    for (const { access, refresh } of newest) {
      expect(await media(access)).toBe(200)
      await refreshed(refresh)
    }
  })
})
