import { Agent } from 'undici'
import { isLoopbackHost, lookup } from './loopback.ts'
import type { Voice } from './redacting-output.ts'
import { type Fault, faultOf } from './transport-failure.ts'

/** A request below the base of the API. */
export interface Call {
  path: string
  headers: Record<string, string>
  body: string
}

export interface Answer {
  status: number
  /** Lower-case names; Set-Cookie may come more than once. */
  headers: Record<string, string | string[] | undefined>
  text: string
}

export interface Transport {
  /** Sends once; redirects are not followed. */
  send(call: Call): Promise<Answer | Fault>
  close(): Promise<void>
}

/** No answer of this API is anywhere near this long. */
const LONGEST_BODY = 1024 * 1024

export interface TransportNeeds {
  origin: string
  timeoutMs: number
  insecure: boolean
  voice: Pick<Voice, 'say'>
}

/**
 * One origin's connections. A certificate is always verified first; one that cannot be is accepted only where
 * that was asked for or the origin is this machine, and never silently.
 */
export function createTransport({ origin, timeoutMs, insecure, voice }: TransportNeeds): Transport {
  const { protocol, hostname } = new URL(origin)
  const isLoopback = isLoopbackHost(hostname)
  const lenient = insecure ? 'as --insecure asks for' : isLoopback ? 'as it is loopback' : undefined
  let warned = protocol === 'https:' || isLoopback
  let agent = agentOf(true)

  async function once({ path, headers, body }: Call): Promise<Answer> {
    const signal = AbortSignal.timeout(Math.ceil(timeoutMs))
    const response = await agent.request({ origin, path, method: 'POST', headers, body, signal })
    const parts: Buffer[] = []
    let length = 0
    for await (const part of response.body) {
      const bytes = Buffer.from(part)
      length += bytes.length
      if (length > LONGEST_BODY) break
      parts.push(bytes)
    }
    return { status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() }
  }

  return {
    async send(call) {
      if (!warned) voice.say(`${origin} is not encrypted: others on the way can read password and token`)
      warned = true
      for (let strict = true; ; strict = false) {
        try {
          return await once(call)
        } catch (err) {
          const fault = faultOf(err)
          if (fault.kind !== 'certificate' || lenient === undefined || !strict) return fault
          voice.say(`accepting the unverified certificate of ${origin} (${fault.code}), ${lenient}`)
          await agent.destroy()
          agent = agentOf(false)
        }
      }
    },
    close: () => agent.destroy(),
  }
}

/** Times are watched by each request's signal, from its first byte to its last. */
function agentOf(rejectUnauthorized: boolean): Agent {
  return new Agent({
    connect: { lookup, rejectUnauthorized, timeout: 0 },
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}
