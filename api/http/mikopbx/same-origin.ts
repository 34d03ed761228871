import type { Context } from 'hono'
import { Refusal } from '../../core/refusal.ts'
import type { OriginPolicy } from '../../core/values/origin.ts'

/**
 * Refuses a request that a page of another site made the browser send: a cookie proves the browser, not
 * the page, and a page that sets one decides whose account the browser's user is in. Clients that are no browsers
 * send neither header. A page that the settings name is ours, also behind a proxy that writes another `Host`.
 * @throws {Refusal} `forbidden`
 */
export function requireSameOrigin(c: Context, origins: OriginPolicy): void {
  const origin = c.req.header('origin')
  if (origins.isAllowed(origin)) return
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new Refusal('forbidden')
  if (origin !== undefined && !origins.isAllowedOrSameHost(origin, c.req.header('host')))
    throw new Refusal('forbidden')
}
