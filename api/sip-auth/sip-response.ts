/** A SIP response, as far as a query of bindings needs it. One character stands for one byte. */
export interface SipResponse {
  /** 100 to 699. */
  status: number
  /** Of the topmost `Via`. */
  branch: string
  callId: string
  /** Number and method: `1 REGISTER`. */
  cseq: string
  /** Values of a header in the order of the message. @param name long, in lower case */
  valuesOf(name: string): readonly string[]
}

/** Start line and headers, in bytes. */
const MAX_HEAD_BYTES = 16_384
const MAX_HEADERS = 200

const STATUS_LINE = /^SIP\/2\.0 ([1-6]\d\d)(?: |$)/
/** RFC 3261 §20. */
const COMPACT_FORMS: Readonly<Record<string, string>> = {
  f: 'from',
  i: 'call-id',
  l: 'content-length',
  t: 'to',
  v: 'via',
}

/**
 * Parses a message with a complete head (RFC 3261 §7). A body is ignored.
 * @returns undefined for a request, and for what is malformed
 */
export function parseSipResponse(bytes: Buffer): SipResponse | undefined {
  const head = parseHead(bytes)
  const status = STATUS_LINE.exec(head?.startLine ?? '')?.[1]
  if (head === undefined || status === undefined) return undefined
  const valuesOf = (name: string) => head.headers.get(name) ?? []
  const [callId, secondCallId] = valuesOf('call-id')
  const [cseq, secondCseq] = valuesOf('cseq')
  const [via = ''] = valuesOf('via')
  const branch = /;\s*branch\s*=\s*([^\s;,]+)/i.exec(via.split(',')[0] ?? '')?.[1]
  if (callId === undefined || cseq === undefined || branch === undefined) return undefined
  if (secondCallId !== undefined || secondCseq !== undefined) return undefined
  return { status: Number(status), branch, callId, cseq: cseq.replace(/\s+/g, ' '), valuesOf }
}

/** Where the first message of a stream ends. `more`: it is not complete. */
export type Framed = { is: 'message'; end: number } | { is: 'more' } | { is: 'malformed' }

/** A stream delimits messages by `Content-Length` (RFC 3261 §18.3). @param bytes without leading line breaks */
export function frameMessage(bytes: Buffer): Framed {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return bytes.length > MAX_HEAD_BYTES ? { is: 'malformed' } : { is: 'more' }
  const lengths = parseHead(bytes.subarray(0, headEnd + 4))?.headers.get('content-length') ?? []
  if (lengths.length !== 1 || !/^\d{1,5}$/.test(lengths[0] ?? '')) return { is: 'malformed' }
  const end = headEnd + 4 + Number(lengths[0])
  return bytes.length < end ? { is: 'more' } : { is: 'message', end }
}

function parseHead(bytes: Buffer): { startLine: string; headers: Map<string, string[]> } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0 || headEnd > MAX_HEAD_BYTES) return undefined
  const text = bytes.subarray(0, headEnd).toString('latin1')
  const [startLine = '', ...lines] = text.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
  if (lines.length > MAX_HEADERS) return undefined
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon <= 0) return undefined
    const lower = line.slice(0, colon).trim().toLowerCase()
    const name = COMPACT_FORMS[lower] ?? lower
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()])
  }
  return { startLine, headers }
}
