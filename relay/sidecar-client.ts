import { Agent } from 'undici'
import { type EndReason, isEndReason } from '../contract/stream-instances.ts'

export interface Sidecar {
  /** Why the sidecar cut the stream of a request; undefined when it did not, or does not answer. */
  whyCut(requestId: string): Promise<EndReason | undefined>
  close(): Promise<void>
}

/** How long a client whose stream was cut waits for its close frame at most, in ms. */
const ANSWERS_WITHIN_MS = 300

export function connectSidecar(socketPath: string): Sidecar {
  const agent = new Agent({
    connect: { socketPath, timeout: ANSWERS_WITHIN_MS },
    connections: 4,
    headersTimeout: ANSWERS_WITHIN_MS,
    bodyTimeout: ANSWERS_WITHIN_MS,
  })
  return {
    async whyCut(requestId) {
      try {
        const { statusCode, body } = await agent.request({
          origin: 'http://sidecar',
          path: `/cuts/${requestId}`,
          method: 'GET',
        })
        const text = await body.text()
        return statusCode === 200 && isEndReason(text) ? text : undefined
      } catch {
        return undefined
      }
    },
    close: () => agent.destroy(),
  }
}
