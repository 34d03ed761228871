import type { Context } from 'hono'
import { Refusal } from '../../core/refusal.ts'

/**
 * Refuses a request that a page of another site made the browser send: a cookie proves the browser, not
 * the page. Clients that are no browsers send neither header.
 * @throws {Refusal} `forbidden`
 */
export function mustBeSameOrigin(c: Context): void {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new Refusal('forbidden')
  const origin = c.req.header('origin')
  if (origin === undefined) return
  const host = c.req.header('host')
  if (!URL.canParse(origin) || new URL(origin).host !== host) throw new Refusal('forbidden')
}
