import type { IncomingHttpHeaders } from 'node:http'

/** What nginx asks about: the client's method, and the path or the channel it captured. */
export interface Target {
  method: string
  name: string
}

/**
 * Reads `X-Hs-Target`: method, blank, and the normalised path or channel, whose bytes Node shows as
 * Latin-1.
 */
export function readTarget(headers: IncomingHttpHeaders): Target | undefined {
  const raw = headers['x-hs-target']
  if (typeof raw !== 'string') return undefined
  const at = raw.indexOf(' ')
  if (at < 1 || at === raw.length - 1) return undefined
  return { method: raw.slice(0, at), name: raw.slice(at + 1) }
}

/** A header of nginx's that is there once, or undefined. */
export function one(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
