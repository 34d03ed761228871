import { request } from 'node:http'
import { createEventStreamParser } from './event-stream-parser.ts'

/** Identifies one stream; the front sends these values in headers. */
export interface StreamHeaders {
  requestId: string
  cohort: string
  channel: string
}

export interface EventSourceStream {
  /** Calls `onMessage` for each message from now on, and `onEnd` once when the instance ends the stream. */
  read(onMessage: (message: Buffer) => void, onEnd: () => void): void
  pause(): void
  resume(): void
  close(): void
}

/** How long an instance may take to answer, in ms. */
const RESPONSE_TIMEOUT_MS = 2_000

/**
 * Opens a stream of an instance of Nchan as an EventSource client (WHATWG HTML §9.2).
 * @throws when the instance is unreachable or refuses the stream
 */
export function openEventSource(
  socketPath: string,
  { requestId, cohort, channel }: StreamHeaders,
  signal: AbortSignal,
): Promise<EventSourceStream> {
  return new Promise((resolve, reject) => {
    const clientRequest = request({
      socketPath,
      path: '/subscribe-relay',
      agent: false,
      signal,
      headers: {
        Host: 'stream',
        Accept: 'text/event-stream',
        Connection: 'close',
        'X-Hs-Request-Id': requestId,
        'X-Hs-Cohort': cohort,
        'X-Hs-Channel': channel,
      },
    })
    clientRequest.setTimeout(RESPONSE_TIMEOUT_MS, () =>
      clientRequest.destroy(new Error('the instance does not answer')),
    )
    clientRequest.on('error', reject)
    clientRequest.on('response', (response) => {
      clientRequest.setTimeout(0)
      if (response.statusCode !== 200) {
        clientRequest.destroy()
        reject(new Error(`the instance answers ${response.statusCode}`))
        return
      }
      resolve({
        read(onMessage, onEnd) {
          response.on('data', createEventStreamParser(onMessage))
          // A broken connection emits an error before it closes.
          response.on('error', () => {})
          response.on('close', onEnd)
        },
        pause: () => void response.pause(),
        resume: () => void response.resume(),
        close: () => clientRequest.destroy(),
      })
    })
    clientRequest.end()
  })
}
