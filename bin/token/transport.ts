import { Agent } from 'undici'
import { isLoopbackHost, loopbackLookup as lookup } from './loopback.ts'
import type { RedactingOutput } from './redacting-output.ts'
import { type TransportFailure, toTransportFailure } from './transport-failure.ts'

/** A request below the base of the API. */
export interface ApiRequest {
  path: string
  headers: Record<string, string>
  body: string
}

export interface ApiResponse {
  status: number
  /** Lower-case names; Set-Cookie may come more than once. */
  headers: Record<string, string | string[] | undefined>
  text: string
}

export interface Transport {
  /** Sends once; redirects are not followed. */
  send(call: ApiRequest): Promise<ApiResponse | TransportFailure>
  close(): Promise<void>
}

/** No answer of this API is anywhere near this long. */
const MAX_BODY_BYTES = 1024 * 1024

export interface TransportNeeds {
  origin: string
  timeoutMs: number
  insecure: boolean
  output: Pick<RedactingOutput, 'print'>
}

/**
 * One origin's connections. A certificate is always verified first; one that cannot be is accepted only where
 * that was asked for or the origin is this machine, and never silently.
 */
export function createTransport({ origin, timeoutMs, insecure, output }: TransportNeeds): Transport {
  const { protocol, hostname } = new URL(origin)
  const isLoopback = isLoopbackHost(hostname)
  const unverifiedReason = insecure ? 'as --insecure asks for' : isLoopback ? 'as it is loopback' : undefined
  let warned = protocol === 'https:' || isLoopback
  let agent = createAgent(true)

  async function sendOnce({ path, headers, body }: ApiRequest): Promise<ApiResponse> {
    const signal = AbortSignal.timeout(Math.ceil(timeoutMs))
    const response = await agent.request({ origin, path, method: 'POST', headers, body, signal })
    const parts: Buffer[] = []
    let length = 0
    for await (const part of response.body) {
      const bytes = Buffer.from(part)
      length += bytes.length
      if (length > MAX_BODY_BYTES) break
      parts.push(bytes)
    }
    return { status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() }
  }

  return {
    async send(call) {
      if (!warned) output.print(`${origin} is not encrypted: others on the way can read password and token`)
      warned = true
      for (let strict = true; ; strict = false) {
        try {
          return await sendOnce(call)
        } catch (err) {
          const failure = toTransportFailure(err)
          if (failure.kind !== 'certificate' || unverifiedReason === undefined || !strict) return failure
          output.print(
            `accepting the unverified certificate of ${origin} (${failure.code}), ${unverifiedReason}`,
          )
          await agent.destroy()
          agent = createAgent(false)
        }
      }
    },
    close: () => agent.destroy(),
  }
}

/** Times are watched by each request's signal, from its first byte to its last. */
function createAgent(rejectUnauthorized: boolean): Agent {
  return new Agent({
    connect: { lookup, rejectUnauthorized, timeout: 0 },
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}
