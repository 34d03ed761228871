import type { Context } from 'hono'
import { Refusal } from '../../core/refusal.ts'

/**
 * Refuses a request that a page of another site made the browser send: a cookie proves the browser, not
 * the page, and a page that sets one decides whose account the browser's user is in. Clients that are no browsers
 * send neither header.
 * @param allowed origins of pages that may ask nevertheless
 * @throws {Refusal} `forbidden`
 */
export function mustBeSameOrigin(c: Context, allowed: readonly string[] = []): void {
  if (allowed.includes(c.req.header('origin') ?? '')) return
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new Refusal('forbidden')
  const origin = c.req.header('origin')
  if (origin === undefined) return
  const host = c.req.header('host')
  if (!URL.canParse(origin) || new URL(origin).host !== host) throw new Refusal('forbidden')
}
