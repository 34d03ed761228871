import { Agent } from 'undici'
import type { CutResult } from './streams.ts'

/** nginx's back door: see `nginx/inner.conf`. */
export interface Nginx {
  /** Deletes a channel, which ends every stream that follows it. */
  cut(channel: string): Promise<CutResult>
  close(): Promise<void>
}

export function connectNginx(socketPath: string, timeoutMs = 2_000): Nginx {
  const agent = new Agent({
    connect: { socketPath, timeout: timeoutMs },
    connections: 8,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })
  return {
    async cut(channel) {
      try {
        const { statusCode, body } = await agent.request({
          origin: 'http://nginx',
          path: `/channel/${channel}`,
          method: 'DELETE',
        })
        await body.dump()
        return statusCode === 200 ? 'cut' : statusCode === 404 ? 'nobody' : 'away'
      } catch {
        return 'away'
      }
    },
    close: () => agent.destroy(),
  }
}
