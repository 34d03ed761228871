import { afterAll, beforeAll, expect, test } from 'vitest'
import { login, logout, publish, requestJson, subscribeSse } from '../../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

const TTL = 10
let stack: Stack
beforeAll(async () => {
  stack = await startStack({ env: { HOOKSWITCH_ACCESS_TTL: String(TTL) } })
  await publish(stack, { states: {} })
})
afterAll(() => stack?.stop())

const refreshed = async (token: string) =>
  String((await requestJson(`${stack.base}/auth/refresh`, { method: 'POST', token })).body.access_token)
const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000))

// Both wait for real lifetimes, so they wait together.
test.concurrent('a renewed stream outlives its first token without interruption; another does not; both end with their session', async () => {
  const [kept, left] = [await login(stack, 'user1'), await login(stack, 'user2')]
  const [renewing, expiring] = [subscribeSse(stack, kept.access), subscribeSse(stack, left.access)]
  await waitUntil('both are open', () => renewing.messages.length > 0 && expiring.messages.length > 0)

  let token = kept.access
  for (let round = 0; round < 3; round += 1) {
    await pause(TTL * 0.7)
    token = await refreshed(kept.refresh)
    const { status, body } = await requestJson(`${stack.base}/streams/renew`, { method: 'POST', token })
    expect(status).toBe(200)
    expect(Number(body.expires_at)).toBeGreaterThan(Date.now() / 1000)
  }
  // By now the first token and its tolerance have expired.
  await waitUntil('the other was cut', () => expiring.isClosed())
  expect(renewing.opens()).toBe(1)
  expect(renewing.lostAt()).toBeUndefined()
  await publish(stack, { states: {}, mark: 'late' })
  await waitUntil('it sees what comes', () => renewing.messages.at(-1)?.mark === 'late')

  await logout(stack, { access: token, refresh: kept.refresh })
  await waitUntil('it ends with its session', () => renewing.isClosed())
})

test.concurrent('the stream of an expired session ends without tolerance, and a renewal has no effect', async () => {
  const brief = await startStack({ env: { HOOKSWITCH_ACCESS_TTL: '60', HOOKSWITCH_REFRESH_TTL: '12' } })
  try {
    await publish(brief, { states: {} })
    const { access } = await login(brief)
    const follower = subscribeSse(brief, access)
    await waitUntil('it is open', () => follower.messages.length > 0)
    const over = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()).sxp
    const { body } = await requestJson(`${brief.base}/streams/renew`, { method: 'POST', token: access })
    expect(body.expires_at).toBe(over)
    await waitUntil('it is cut', () => follower.lostAt() !== undefined, 30_000)
    const late = Date.now() / 1000 - over
    expect(late).toBeGreaterThan(0)
    // The next check comes a second later at most; an expired token would have five.
    expect(late).toBeLessThan(3)
    follower.close()
  } finally {
    await brief.stop()
  }
})

test('a renewal needs a valid access token', async () => {
  const session = await login(stack, 'user3')
  expect(
    (await requestJson(`${stack.base}/streams/renew`, { method: 'POST', token: session.refresh })).status,
  ).toBe(403)
  await logout(stack, session)
  expect(
    (await requestJson(`${stack.base}/streams/renew`, { method: 'POST', token: session.access })).status,
  ).toBe(401)
})
