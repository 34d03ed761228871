import type { Context } from 'hono'
import { Refusal } from '../core/refusal.ts'

/**
 * The URL of a WebSocket for clients that need an absolute one. A path becomes a URL of the host that the request
 * named, as only that client reads it.
 * @param url a URL, or a path of this server
 * @throws {Refusal} `input_invalid` for a `Host` that is more than a host and a port
 */
export function toAbsoluteWebSocketUrl(c: Context, url: string): string {
  if (!url.startsWith('/')) return url
  const host = c.req.header('host') ?? ''
  if (!/^(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(:\d{1,5})?$/.test(host)) {
    throw new Refusal('input_invalid', { detail: 'the Host header is not a host' })
  }
  const scheme = c.req.header('x-forwarded-proto') === 'https' ? 'wss' : 'ws'
  return `${scheme}://${host}${url}`
}
