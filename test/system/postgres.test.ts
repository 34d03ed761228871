import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { login, logout, mediaStatus, requestJson } from '../support/http-client.ts'
import { startPostgres } from '../support/postgres.ts'
import { type Stack, startStack, waitUntil } from '../support/stack.ts'

describe('on PostgreSQL', () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let stack: Stack
  beforeAll(async () => {
    postgres = await startPostgres()
    stack = await startStack({ env: { DATABASE_URL: await postgres.database() } })
  })
  afterAll(async () => {
    await stack?.stop()
    await postgres?.stop()
  })

  test('a session begins, refreshes and ends as on the embedded engine', async () => {
    const session = await login(stack)
    expect(await mediaStatus(stack, '1001/hello.wav', session.access)).toBe(200)
    expect(
      (await requestJson(`${stack.base}/auth/refresh`, { method: 'POST', token: session.refresh })).status,
    ).toBe(200)
    expect((await logout(stack, session)).status).toBe(200)
    expect(await mediaStatus(stack, '1001/hello.wav', session.access)).toBe(401)
    expect(
      (await requestJson(`${stack.base}/auth/refresh`, { method: 'POST', token: session.refresh })).status,
    ).toBe(401)
  })

  test('killed: the gate goes on, logins and refreshes answer 503 with Retry-After, and all recovers', async () => {
    const session = await login(stack)
    await postgres.kill()
    expect(await mediaStatus(stack, '1001/hello.wav', session.access)).toBe(200)
    const json = { username: 'user1', password: 'password' }
    expect((await requestJson(`${stack.base}/auth/login`, { json })).status).toBe(503)
    expect(
      (await requestJson(`${stack.base}/auth/refresh`, { method: 'POST', token: session.refresh })).status,
    ).toBe(503)
    // Not acknowledged, so not ended: a failing store is no logout either.
    expect((await logout(stack, session)).status).toBe(503)
    expect(await mediaStatus(stack, '1001/hello.wav', session.access)).toBe(200)

    await postgres.start()
    await waitUntil('refreshing works again', async () => {
      const { status } = await requestJson(`${stack.base}/auth/refresh`, {
        method: 'POST',
        token: session.refresh,
      })
      return status === 200
    })
    expect((await logout(stack, session)).status).toBe(200)
    expect(await mediaStatus(stack, '1001/hello.wav', session.access)).toBe(401)
  })
})
