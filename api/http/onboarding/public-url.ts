import type { Context } from 'hono'
import { Refusal } from '../../core/refusal.ts'

export interface PublicUrlSettings {
  /** Where phones reach us. */
  publicUrl: string | undefined
  /** Where mail leads; empty where nothing says. */
  appUrl: string
  allowedOrigins: readonly string[]
}

/**
 * Where links for phones lead, without a slash at the end. What a client sends as its `Host` stands in them only
 * where it is known to be ours: it is this machine, or the settings name it.
 * @throws {Refusal} `unavailable`: it says which setting is missing
 */
export function publicUrlFor(c: Context, { publicUrl, appUrl, allowedOrigins }: PublicUrlSettings): string {
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '')
  if (URL.canParse(appUrl) && !isLoopback(new URL(appUrl).hostname)) return new URL(appUrl).origin

  const scheme = c.req.header('x-forwarded-proto') === 'https' ? 'https' : 'http'
  const candidate = `${scheme}://${c.req.header('host') ?? ''}`
  // An origin and nothing else: no path, no user, nothing that a URL spells otherwise.
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
