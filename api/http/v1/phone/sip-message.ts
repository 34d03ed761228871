/** What a SIP message is about, as far as the guard must know. Header values are as sent, without outer blanks. */
interface SipHeaders {
  /** By the long name in lower case, in the order of the message. */
  headers: ReadonlyMap<string, readonly string[]>
  from: string
  to: string
  callId: string
  cseq: string
}
export interface SipRequest extends SipHeaders {
  kind: 'request'
  method: string
}
export interface SipResponse extends SipHeaders {
  kind: 'response'
  status: number
}
export type SipMessage = SipRequest | SipResponse

/** Start line and headers of a browser's INVITE are about 1 kB; in bytes. */
const MAX_HEAD_BYTES = 16_384
const MAX_HEADERS = 100
const MAX_VIAS = 10

const REQUEST_LINE = /^([A-Z]{1,20}) sips?:[\x21-\x7e]{1,2048} SIP\/2\.0$/
const STATUS_LINE = /^SIP\/2\.0 ([1-6]\d\d) /
/** RFC 3261 §25.1 `token`, up to the colon: a blank before it is legal there, and read differently by each parser. */
const HEADER_NAME = /^[A-Za-z0-9.!%*_+`'~-]{1,64}$/
const CALL_ID = /^[\x21-\x7e]{1,256}$/
/** A PBX reads `007` as 7. */
const CSEQ = /^(0|[1-9]\d{0,9}) ([A-Z]{1,20})$/
/** RFC 3261 §8.1.1.5. */
const MAX_SEQUENCE = 2 ** 31 - 2
const CONTENT_LENGTH = /^\d{1,6}$/
const VIA_OF_CLIENT = /^SIP\/2\.0\/WSS? [^,]{1,512}$/
/** All but the tab. Each line is free of CR and LF by the way it was cut, unless one stood alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/

/** RFC 3261 §7.3.3, and the registry of later ones. */
const COMPACT_FORMS: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  n: 'identity-info',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
}

/** A second one would let two parsers choose different ones. */
const AT_MOST_ONCE = ['contact', 'max-forwards', 'authorization', 'proxy-authorization', 'content-type']

/**
 * Reads one SIP message of a client. It is stricter than RFC 3261, so that no PBX can read another message from the same
 * bytes: no folded line, no blank before a colon, no CR or LF alone, no control character, and a `Content-Length` that is
 * that of the body, as a PBX takes what follows it for a second message.
 *
 * @param frame a whole WebSocket message, which holds exactly one (RFC 7118 §5)
 * @returns undefined when it is malformed
 */
export function parseSipMessage(frame: Buffer): SipMessage | undefined {
  const headEnd = frame.indexOf('\r\n\r\n')
  if (headEnd < 0 || headEnd > MAX_HEAD_BYTES) return undefined
  const text = decodeUtf8(frame.subarray(0, headEnd))
  const [startLine = '', ...lines] = text?.split('\r\n') ?? []
  if (CONTROL.test(startLine) || lines.length > MAX_HEADERS) return undefined
  const headers = parseHeaders(lines)
  if (headers === undefined) return undefined

  const once = (name: string): string => {
    const [value = '', second] = headers.get(name) ?? []
    return second === undefined ? value : ''
  }
  const [from, to, callId, cseq] = [once('from'), once('to'), once('call-id'), once('cseq')]
  const [, sequence = '', cseqMethod] = CSEQ.exec(cseq) ?? []
  if (from === '' || to === '' || !CALL_ID.test(callId)) return undefined
  if (cseqMethod === undefined || Number(sequence) > MAX_SEQUENCE) return undefined
  const length = once('content-length')
  if (!CONTENT_LENGTH.test(length) || Number(length) !== frame.length - headEnd - 4) return undefined
  if (AT_MOST_ONCE.some((name) => (headers.get(name)?.length ?? 0) > 1)) return undefined

  const common = { headers, from, to, callId, cseq }
  const vias = headers.get('via') ?? []
  const method = REQUEST_LINE.exec(startLine)?.[1]
  if (method !== undefined) {
    const isDirect = vias.length === 1 && VIA_OF_CLIENT.test(vias[0] ?? '')
    return isDirect && method === cseqMethod ? { kind: 'request', method, ...common } : undefined
  }
  const status = STATUS_LINE.exec(startLine)?.[1]
  if (status === undefined || vias.length === 0 || vias.length > MAX_VIAS) return undefined
  return { kind: 'response', status: Number(status), ...common }
}

/**
 * Reads what the PBX sends: it is trusted, and passes on names of callers in any coding. One character for each byte.
 * @returns undefined where the relay would not know which call it belongs to
 */
export function readPbxMessage(frame: Buffer): SipMessage | undefined {
  const headEnd = frame.indexOf('\r\n\r\n')
  const text = frame.subarray(0, Math.max(headEnd, 0)).toString('latin1')
  const [startLine = '', ...lines] = text.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) addHeader(headers, trimBlanks(line.slice(0, colon)), line.slice(colon + 1))
  }
  const [from = '', to = '', callId = '', cseq = ''] = ['from', 'to', 'call-id', 'cseq'].map(
    (name) => headers.get(name)?.[0],
  )
  const [method, status] = [/^([A-Z]+) sips?:/.exec(startLine)?.[1], STATUS_LINE.exec(startLine)?.[1]]
  if (callId === '' || Number.isNaN(sequenceOf(cseq))) return undefined
  const common = { headers, from, to, callId, cseq }
  if (method !== undefined) return { kind: 'request', method, ...common }
  return status === undefined ? undefined : { kind: 'response', status: Number(status), ...common }
}

/** The number of a `CSeq`. */
export const sequenceOf = (cseq: string): number => Number.parseInt(cseq, 10)
/** Its method; that of the request in a response. */
export const methodOf = (cseq: string): string => /[A-Z]+$/.exec(cseq)?.[0] ?? ''

function parseHeaders(lines: readonly string[]): ReadonlyMap<string, readonly string[]> | undefined {
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const rawName = line.slice(0, Math.max(colon, 0))
    // A folded line begins with a blank, which is in no name.
    if (!HEADER_NAME.test(rawName) || CONTROL.test(line)) return undefined
    addHeader(headers, rawName, line.slice(colon + 1))
  }
  return headers
}

function addHeader(headers: Map<string, string[]>, rawName: string, value: string): void {
  const lower = rawName.toLowerCase()
  const name = COMPACT_FORMS[lower] ?? lower
  const values = headers.get(name) ?? []
  values.push(trimBlanks(value))
  headers.set(name, values)
}

/** `trim` would also remove what only Unicode regards as a blank. */
function trimBlanks(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && isBlank(text[start])) start += 1
  while (start < end && isBlank(text[end - 1])) end -= 1
  return text.slice(start, end)
}
export const isBlank = (char: string | undefined): boolean => char === ' ' || char === '\t'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
