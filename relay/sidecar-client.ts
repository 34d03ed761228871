import { Agent } from 'undici'
import { isStreamEndReason, type StreamEndReason } from '../contract/stream-instances.ts'

export interface SidecarClient {
  /** Why the sidecar cut the stream of a request; undefined when it did not, or does not answer. */
  endReasonOf(requestId: string): Promise<StreamEndReason | undefined>
  close(): Promise<void>
}

/** How long a client whose stream was cut waits for its close frame at most, in ms. */
const RESPONSE_TIMEOUT_MS = 300

export function connectSidecar(socketPath: string): SidecarClient {
  const agent = new Agent({
    connect: { socketPath, timeout: RESPONSE_TIMEOUT_MS },
    connections: 4,
    headersTimeout: RESPONSE_TIMEOUT_MS,
    bodyTimeout: RESPONSE_TIMEOUT_MS,
  })
  return {
    async endReasonOf(requestId) {
      try {
        const { statusCode, body } = await agent.request({
          origin: 'http://sidecar',
          path: `/stream-end-reasons/${requestId}`,
          method: 'GET',
        })
        const text = await body.text()
        return statusCode === 200 && isStreamEndReason(text) ? text : undefined
      } catch {
        return undefined
      }
    },
    close: () => agent.destroy(),
  }
}
