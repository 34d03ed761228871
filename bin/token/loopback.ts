import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'

/**
 * Whether a URL's host is this machine itself: 127.0.0.0/8, ::1, localhost and the names below it.
 * @param hostname as `URL` spells it, an IPv6 address in brackets
 */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, '')
  if (isIP(host) === 4) return host.startsWith('127.')
  if (isIP(host) === 6) return host === '::1'
  return /^(?:[^.]+\.)*localhost\.?$/.test(host)
}

/**
 * Finds localhost and the names below it on this machine, whatever a name server answers for them
 * (RFC 6761 §6.3): what we trust for being loopback has to be loopback.
 */
export const loopbackLookup: LookupFunction = (hostname, options, callback) => {
  if (!isLoopbackHost(hostname)) return systemLookup(hostname, options, callback)
  const found = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]
  process.nextTick(() => (options.all ? callback(null, found) : callback(null, '127.0.0.1', 4)))
}
