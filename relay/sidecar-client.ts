import { isStreamEndReason, type StreamEndReason } from '../contract/stream-end.ts'
import { createUnixHttpClient } from '../runtime/unix-http-client.ts'

export interface SidecarClient {
  /** Why the sidecar cut the stream of a request; undefined when it did not cut it, or does not answer. */
  endReasonOf(requestId: string): Promise<StreamEndReason | undefined>
  close(): Promise<void>
}

/** After a cut, the client waits at most this long for its close frame; in ms. */
const RESPONSE_TIMEOUT_MS = 300

export function connectSidecar(socketPath: string): SidecarClient {
  const client = createUnixHttpClient(socketPath, { connections: 4, timeoutMs: RESPONSE_TIMEOUT_MS })
  return {
    async endReasonOf(requestId) {
      const response = await client.request('GET', `/stream-end-reasons/${requestId}`).catch(() => undefined)
      return response?.status === 200 && isStreamEndReason(response.body) ? response.body : undefined
    },
    close: client.close,
  }
}
