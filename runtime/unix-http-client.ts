import { Agent } from 'undici'

/** An HTTP client of one process that listens on a Unix socket. */
export interface UnixHttpClient {
  /** @throws when the process does not answer, or `signal` aborts the request */
  request(method: 'GET' | 'DELETE', path: string, signal?: AbortSignal): Promise<UnixHttpResponse>
  close(): Promise<void>
}

export interface UnixHttpResponse {
  status: number
  body: string
}

export interface UnixHttpClientOptions {
  /** How many requests may be in progress at once; more of them wait. */
  connections: number
  /** Limits each step of a request: to connect, until the headers, until the body; in ms. The signal alone by default. */
  timeoutMs?: number
  /** Sent with each request. */
  headers?: Record<string, string>
}

export function createUnixHttpClient(
  socketPath: string,
  { connections, timeoutMs, headers = {} }: UnixHttpClientOptions,
): UnixHttpClient {
  const agent = new Agent({
    connections,
    connect: { socketPath, ...(timeoutMs !== undefined && { timeout: timeoutMs }) },
    ...(timeoutMs !== undefined && { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }),
  })
  return {
    async request(method, path, signal) {
      const response = await agent.request({ origin: 'http://unix', method, path, headers, signal })
      return { status: response.statusCode, body: await response.body.text() }
    },
    close: () => agent.destroy(),
  }
}
