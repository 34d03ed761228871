import { afterAll, beforeAll, expect, test } from 'vitest'
import { login, logout, publish, type SseSubscription, subscribeSse } from '../../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
  await publish(stack, { states: {} })
})
afterAll(() => stack?.stop())

/** From the timeout that is noticed (2 s) to the cut, with room for a busy machine. */
const CUT_WITHIN_MS = 8_000

test('the API ends the streams of a stopped sidecar, also those that subscribe late, and active sessions reconnect', async () => {
  const followers: SseSubscription[] = []
  try {
    for (const round of [1, 2]) {
      const [ended, living] = [await login(stack, 'user2'), await login(stack, 'user1')]
      const [doomed, other] = [subscribeSse(stack, ended.access), subscribeSse(stack, living.access)]
      followers.push(doomed, other)
      await waitUntil('both are open', () => doomed.messages.length > 0 && other.messages.length > 0)
      stack.signal('sidecar', 'SIGSTOP')
      const since = performance.now()
      expect((await logout(stack, ended)).status).toBe(200)
      await waitUntil(`round ${round}: it is cut`, () => doomed.lostAt() !== undefined, CUT_WITHIN_MS)
      expect(performance.now() - since).toBeGreaterThan(1_500)
      stack.signal('sidecar', 'SIGCONT')
      await waitUntil('it is refused for good', () => doomed.isClosed(), 20_000)
      await waitUntil('the other is back', () => other.opens() > 1 && other.lostAt() === undefined, 20_000)
    }
  } finally {
    stack.signal('sidecar', 'SIGCONT')
    for (const follower of followers) follower.close()
  }
})
