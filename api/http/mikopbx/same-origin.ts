import type { Context } from 'hono'
import { Refusal } from '../../core/refusal.ts'
import type { OriginPolicy } from '../../core/values/origin.ts'

/**
 * Refuses a cross-site request (CSRF): a cookie authenticates the browser, not the page, and a cross-site login would
 * put the browser's user into another account. Clients other than browsers send neither `Origin` nor `Sec-Fetch-Site`.
 * An origin of the settings is allowed, also behind a proxy that rewrites `Host`.
 * @throws {Refusal} `forbidden`
 */
export function requireSameOrigin(c: Context, origins: OriginPolicy): void {
  const origin = c.req.header('origin')
  if (origins.isAllowed(origin)) return
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new Refusal('forbidden')
  const [host, protocol] = [c.req.header('host'), c.req.header('x-forwarded-proto')]
  if (origin !== undefined && !origins.isAllowedOrSameHost(origin, host, protocol))
    throw new Refusal('forbidden')
}
