import { isIP } from 'node:net'
import type { AddressPolicy } from './receiver-address.ts'

export interface UrlRules {
  policy: AddressPolicy
  /** Whether `http` is allowed: which every machine on the way can read. */
  allowsHttp: boolean
}

const MAX_LENGTH = 2_000
/** Below 1024 are other services, such as mail. */
const FIRST_FREE_PORT = 1024

/**
 * Parses the URL of a receiver in normal form.
 * @returns what is wrong with it, or the URL; the addresses of a name are checked when it is resolved
 */
export function parseEndpointUrl(
  text: string,
  { policy, allowsHttp }: UrlRules,
): { url: URL; problem?: never } | { problem: string; url?: never } {
  if (text.length > MAX_LENGTH) return { problem: `must be ${MAX_LENGTH} characters or less` }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '')
    return { problem: 'must be a URL with https' }
  if (url.protocol === 'http:' && !allowsHttp)
    return { problem: 'must have https: http is allowed by HOOKSWITCH_WEBHOOK_INSECURE_HTTP alone' }
  if (url.username !== '' || url.password !== '') return { problem: 'must be without a user and a password' }
  if (url.hash !== '') return { problem: 'must be without a part behind #' }
  url.hash = '' // a bare # at the end
  if (url.href.length > MAX_LENGTH) return { problem: `must be ${MAX_LENGTH} characters or less, encoded` }
  if (!isUsualPort(url.port)) return { problem: 'must have port 80, 443, or one of 1024 or more' }
  const host = hostOf(url)
  if (isIP(host) !== 0 && !policy.isAllowed(host, host)) return { problem: REFUSED_ADDRESS }
  return { url }
}

/** As it is stored: without line breaks and the like, which URLs may have around them. */
export function normalizeEndpointUrl(text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  if (url.hash === '') url.hash = ''
  return url.href
}

export const REFUSED_ADDRESS =
  'must lead to a public address, or to a network that HOOKSWITCH_WEBHOOK_ALLOWED_NETWORKS names'

/** The host without the brackets of IPv6. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')

const isUsualPort = (port: string) => ['', '80', '443'].includes(port) || Number(port) >= FIRST_FREE_PORT
