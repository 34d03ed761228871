import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** What nginx requests a verdict on: the client's method, and the path or the channel that nginx captured. */
export interface RequestTarget {
  method: string
  name: string
}

/** Parses `X-Hs-Target`: method, blank, and the normalised path or channel. Node decodes its bytes as Latin-1. */
export function readTarget(headers: IncomingHttpHeaders): RequestTarget | undefined {
  const raw = headers['x-hs-target']
  if (typeof raw !== 'string') return undefined
  const at = raw.indexOf(' ')
  if (at < 1 || at === raw.length - 1) return undefined
  return { method: raw.slice(0, at), name: raw.slice(at + 1) }
}

/** The value of a header; undefined if it is missing, empty or repeated. */
export function singleHeader(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Whether a text is nginx's `$request_id`, which the response repeats. */
export const isRequestId = (text: string | undefined): text is string =>
  text !== undefined && /^[0-9a-f]{32}$/.test(text)

/** Every header of a gate request, as `nginx/gate.conf` and `nginx/nchan-instance.conf` spell it; a bit for each. */
const GATE_REQUEST_HEADERS: ReadonlyMap<string, number> = new Map([
  ['Host', 1],
  ['Authorization', 2],
  ['X-Hs-Request-Id', 4],
  ['X-Hs-Target', 8],
  ['X-Hs-Query', 16],
  ['X-Hs-Instance', 32],
  ['X-Hs-Address', 64],
])

/**
 * Whether a request has the form of nginx's gate requests: GET, HTTP/1.1, no other headers, each at most once. Any other
 * request shows that nginx and the sidecar disagree on where a request begins, so that nothing after it on its
 * connection can be trusted.
 */
export function isGateRequest({ method, httpVersionMinor, rawHeaders }: IncomingMessage): boolean {
  if (method !== 'GET' || httpVersionMinor !== 1) return false
  let seen = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const bit = GATE_REQUEST_HEADERS.get(rawHeaders[at] as string) // names and values in turn: the length is even
    if (bit === undefined || (seen & bit) !== 0) return false
    seen |= bit
  }
  return (seen & 5) === 5
}

/** Whether a request has or announces a body, or asks for another protocol. */
export const hasBodyOrUpgrade = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined ||
  headers['transfer-encoding'] !== undefined ||
  headers.expect !== undefined ||
  headers.upgrade !== undefined
