import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LoggedIn, login, mediaStatus } from './support/client.ts'
import { type Stack, startStack } from './support/stack.ts'

let stack: Stack
let one: LoggedIn
let other: LoggedIn
beforeAll(async () => {
  // One worker, so that all requests share the same kept connections to the sidecar.
  stack = await startStack({ env: { HOOKSWITCH_NGINX_WORKERS: '1' } })
  one = await login(stack, 'user1')
  other = await login(stack, 'user2')
})
afterAll(() => stack?.stop())

/** Sends a request's head alone, whatever body it announces, and leaves once an answer has begun. */
function sendHead(lines: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(stack.url).port), '127.0.0.1')
    socket.once('data', () => socket.destroy())
    socket.on('error', () => {})
    socket.once('close', () => resolve())
    socket.setTimeout(3_000, () => socket.destroy())
    socket.write(`${[...lines, 'Host: x'].join('\r\n')}\r\n\r\n`, 'latin1')
  })
}

describe('a GET that announces a body and sends none', () => {
  test.each([1, 60, 95, 120, 200, 700])(
    'of %i bytes: no other request is answered wrongly or fails',
    async (length) => {
      const wrong: string[] = []
      for (let round = 0; round < 10; round += 1) {
        await sendHead([
          'GET /media/1001/hello.wav HTTP/1.1',
          `Authorization: Bearer ${one.access}`,
          `Content-Length: ${length}`,
        ])
        const [own, foreign, without] = await Promise.all([
          mediaStatus(stack, '1002/hello.wav', other.access),
          mediaStatus(stack, '1002/hello.wav', one.access),
          mediaStatus(stack, '1001/hello.wav'),
        ])
        if (own !== 200) wrong.push(`their own file: ${own}`)
        if (foreign !== 403) wrong.push(`another user's file: ${foreign}`)
        if (without !== 401) wrong.push(`without a token: ${without}`)
      }
      expect(wrong).toEqual([])
    },
  )
})
