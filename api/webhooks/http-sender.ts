import { type LookupAddress, lookup as resolve } from 'node:dns'
import { isIP } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { errorSummary } from '../core/values/error-summary.ts'
import {
  ATTEMPT_LIMIT_S,
  MAX_ATTEMPTS_AT_ONCE,
  type SendMessage,
  type SendResult,
} from '../core/webhooks/dispatcher.ts'
import { hostOf, parseEndpointUrl, REFUSED_ADDRESS, type UrlRules } from '../core/webhooks/endpoint-url.ts'
import type { AddressPolicy } from '../core/webhooks/receiver-address.ts'
import { parseRetryAfter } from '../core/webhooks/retry-schedule.ts'

export interface WebhookSender {
  send: SendMessage
  /** Closes all connections. */
  close(): Promise<void>
}

/** Read at most, so that the connection can be used again; a longer body closes it. */
const MAX_BODY_BYTES = 64 * 1024
const STORED_BYTES = 1024
const CONNECT_MS = 5_000

/**
 * Sends messages over HTTP. It follows no redirect, has no cookies, and connects to no address that the policy refuses:
 * the address is checked that the socket really has, whatever the name server answered before.
 */
export function createWebhookSender(
  rules: UrlRules & {
    /** Certificate authorities in PEM, instead of the system’s. For tests. */
    ca?: string
    limitMs?: number
    /** Resolves names. For tests. */
    lookup?: typeof resolve
  },
): WebhookSender {
  const { policy, limitMs = ATTEMPT_LIMIT_S * 1000 } = rules
  const agent = new Agent({
    connect: createCheckedConnector(policy, rules.lookup ?? resolve, rules.ca),
    // Of one host. No attempt waits for the connection of another one, so its time begins when it is sent.
    connections: MAX_ATTEMPTS_AT_ONCE,
    headersTimeout: limitMs,
    bodyTimeout: limitMs,
    keepAliveTimeout: 4_000,
    maxHeaderSize: 16_384,
  })

  async function exchange(text: string, { body, headers }: Parameters<SendMessage>[1]) {
    // The settings may have changed since the endpoint was made.
    const { url, problem } = parseEndpointUrl(text, rules)
    if (url === undefined) throw new Error(`the URL ${problem}`)
    const response = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'POST',
      signal: AbortSignal.timeout(limitMs),
      headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'Hookswitch-Webhooks' },
      body,
    })
    const text1k = await readStart(response.body)
    const { 'retry-after': retryAfter } = response.headers
    const waits = response.statusCode === 429 || response.statusCode === 503
    return {
      responseStatus: response.statusCode,
      responseText: text1k,
      error: null,
      retryAfter:
        waits && typeof retryAfter === 'string' ? parseRetryAfter(retryAfter, Date.now()) : undefined,
    }
  }

  return {
    async send(url, message): Promise<SendResult> {
      const startedAt = performance.now()
      const result = await exchange(url, message).catch((err: unknown) => ({
        ...{ responseStatus: null, responseText: null },
        error: describe(err),
      }))
      return { ...result, durationMs: Math.round(performance.now() - startedAt) }
    },
    close: () => agent.destroy(),
  }
}

/** The status decides about the delivery: a body that breaks off or never ends changes nothing. */
async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of body) {
      if (bytes < STORED_BYTES) chunks.push(chunk.subarray(0, STORED_BYTES - bytes))
      bytes += chunk.length
      // Leaving the loop closes the connection.
      if (bytes >= MAX_BODY_BYTES) break
    }
  } catch {
    // What was read so far is stored.
  }
  return Buffer.concat(chunks).toString('utf8')
}

function createCheckedConnector(
  policy: AddressPolicy,
  resolveName: typeof resolve,
  ca: string | undefined,
): buildConnector.connector {
  const connect = buildConnector({
    timeout: CONNECT_MS,
    lookup: createCheckedLookup(policy, resolveName),
    ...(ca === undefined ? {} : { ca }),
  })
  return (options, callback) =>
    connect(options, (err, socket) => {
      if (err !== null) return callback(err, null)
      const host = options.hostname.replace(/^\[|\]$/g, '')
      if (socket.remoteAddress !== undefined && policy.isAllowed(socket.remoteAddress, host))
        return callback(null, socket)
      socket.destroy()
      callback(new RefusedAddress(), null)
    })
}

/** Only allowed addresses of a name are connected to. */
const createCheckedLookup =
  (policy: AddressPolicy, resolveName: typeof resolve) =>
  (
    host: string,
    options: { family?: number | 'IPv4' | 'IPv6' | undefined; all?: boolean | undefined },
    callback: (err: Error | null, address: string | LookupAddress[], family?: number) => void,
  ) =>
    resolveName(host, { family: options.family ?? 0, all: true }, (err, found) => {
      if (err !== null) return callback(err, [])
      const allowed = found.filter(({ address }) => policy.isAllowed(address, host))
      const [first] = allowed
      if (first === undefined) return callback(new RefusedAddress(), [])
      if (options.all === true) callback(null, allowed)
      else callback(null, first.address, first.family)
    })

/**
 * Whether a name leads to an allowed address now. A name that cannot be resolved yet is no problem.
 * @returns what is wrong
 */
export function createReceiverCheck(rules: UrlRules & { lookup?: typeof resolve }) {
  return async (text: string): Promise<string | undefined> => {
    const { url, problem } = parseEndpointUrl(text, rules)
    if (url === undefined) return problem
    const host = hostOf(url)
    if (isIP(host) !== 0) return undefined
    const found = new Promise<readonly LookupAddress[]>((done) => {
      setTimeout(done, CHECK_MS, []).unref()
      ;(rules.lookup ?? resolve)(host, { all: true }, (err, all) => done(err === null ? all : []))
    })
    const all = await found
    const isRefused = all.length > 0 && !all.some(({ address }) => rules.policy.isAllowed(address, host))
    return isRefused ? REFUSED_ADDRESS : undefined
  }
}

const CHECK_MS = 2_000

class RefusedAddress extends Error {
  override name = 'RefusedAddress'
  constructor() {
    super('it leads to an address that is not allowed')
  }
}

/** Without addresses and ports: administrators of Hookswitch learn nothing of a network by them. */
function describe(err: unknown): string {
  if (err instanceof RefusedAddress) return err.message
  if (err instanceof Error && err.name === 'TimeoutError') return 'it did not answer in time'
  if (err instanceof Error && err.name === 'HTTPParserError') return NO_HTTP
  const { code } = err as { code?: unknown } // any thrown object may be read like this
  if (typeof code !== 'string') return errorSummary(err)
  return WORDS[code] ?? KINDS.find(([kind]) => kind.test(code))?.[1] ?? `the request failed (${code})`
}

const NO_HTTP = 'its answer is not HTTP'
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refused the connection',
  ECONNRESET: 'it closed the connection',
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved now',
  EPIPE: 'it closed the connection',
  ETIMEDOUT: 'it did not answer in time',
  EHOSTUNREACH: 'there is no way to its network',
  ENETUNREACH: 'there is no way to its network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  UND_ERR_SOCKET: 'it closed the connection',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of its answer are too long',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
}

/** Codes that come in many forms: of certificates, of TLS and of the parser of HTTP. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT/, 'its certificate is not trusted'],
  [/^EPROTO$|^ERR_(SSL|TLS)_/, 'it does not understand TLS as it is used here'],
  [/^HPE_|^UND_ERR_RES/, NO_HTTP],
]
