import { request } from 'node:http'
import { createMessageReader } from './event-stream-parser.ts'

/** What one stream is, in the headers of the front. */
export interface StreamHeaders {
  requestId: string
  gate: string
  channel: string
}

export interface Following {
  /** Calls `onMessage` for each message from now on, and `onEnd` once when the instance ends the stream. */
  read(onMessage: (message: Buffer) => void, onEnd: () => void): void
  pause(): void
  resume(): void
  stop(): void
}

/** How long an instance may take to answer, in ms. */
const ANSWERS_WITHIN_MS = 2_000

/**
 * Follows a stream of an instance of Nchan as an EventSource (WHATWG HTML §9.2).
 * @throws when the instance is away or refuses
 */
export function follow(
  socketPath: string,
  { requestId, gate, channel }: StreamHeaders,
  signal: AbortSignal,
): Promise<Following> {
  return new Promise((resolve, reject) => {
    const asked = request({
      socketPath,
      path: '/subscribe-relay',
      agent: false,
      signal,
      headers: {
        Host: 'stream',
        Accept: 'text/event-stream',
        Connection: 'close',
        'X-Hs-Request-Id': requestId,
        'X-Hs-Gate': gate,
        'X-Hs-Channel': channel,
      },
    })
    asked.setTimeout(ANSWERS_WITHIN_MS, () => asked.destroy(new Error('the instance does not answer')))
    asked.on('error', reject)
    asked.on('response', (answer) => {
      asked.setTimeout(0)
      if (answer.statusCode !== 200) {
        asked.destroy()
        reject(new Error(`the instance answers ${answer.statusCode}`))
        return
      }
      resolve({
        read(onMessage, onEnd) {
          answer.on('data', createMessageReader(onMessage))
          // A connection that breaks off emits an error before it closes.
          answer.on('error', () => {})
          answer.on('close', onEnd)
        },
        pause: () => void answer.pause(),
        resume: () => void answer.resume(),
        stop: () => asked.destroy(),
      })
    })
    asked.end()
  })
}
