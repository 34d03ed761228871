import type { Context } from 'hono'
import { Refusal } from '../../core/refusal.ts'

export interface PublicUrlSettings {
  /** Base URL that phones can reach. */
  publicUrl: string | undefined
  /** Base URL of links in mails; empty if not set. */
  appUrl: string
  allowedOrigins: readonly string[]
}

/**
 * The base URL of links for phones, without a trailing slash. The client's `Host` is used only if it is trusted: it is
 * a loopback address, or the settings list it.
 * @throws {Refusal} `unavailable` with the name of the missing setting
 */
export function publicUrlFor(c: Context, { publicUrl, appUrl, allowedOrigins }: PublicUrlSettings): string {
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '')
  if (URL.canParse(appUrl) && !isLoopback(new URL(appUrl).hostname)) return new URL(appUrl).origin

  const scheme = c.req.header('x-forwarded-proto') === 'https' ? 'https' : 'http'
  const candidate = `${scheme}://${c.req.header('host') ?? ''}`
  // Only a plain origin in normal form: no path, no user.
  if (
    URL.canParse(candidate) &&
    new URL(candidate).host ===
      c.req
        .header('host')
        ?.toLowerCase()
        .replace(scheme === 'https' ? /:443$/ : /:80$/, '')
  ) {
    const { host, hostname, origin } = new URL(candidate)
    const allowedHosts = allowedOrigins.filter((one) => URL.canParse(one)).map((one) => new URL(one).host)
    if (isLoopback(hostname) || allowedHosts.includes(host)) return origin
  }
  throw new Refusal('unavailable', {
    detail: 'HOOKSWITCH_PUBLIC_URL is not set, which says where phones reach this server',
  })
}

const isLoopback = (hostname: string) =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
