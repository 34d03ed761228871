import { setTimeout as sleep } from 'node:timers/promises'
import { tellAnswer, tellCall } from './debug-trace.ts'
import { TokenFailure } from './errors.ts'
import type { Voice } from './redacting-output.ts'
import type { Answer, Call, Transport } from './transport.ts'
import { type Fault, failureOf, mayPass } from './transport-failure.ts'

/** Sends until there is an answer that another try would not change. @throws {TokenFailure} */
export type Ask = (call: Call) => Promise<Answer>

/** The longest wait a server may ask of us, in seconds. */
const PATIENCE = 30
const AWAY = [502, 503, 504]

export interface AskNeeds {
  transport: Transport
  origin: string
  timeoutMs: number
  retries: number
  voice: Voice
}

export function createAsk({ transport, origin, timeoutMs, retries, voice }: AskNeeds): Ask {
  return async (call) => {
    for (let tries = 0; ; tries += 1) {
      tellCall(voice, origin, call)
      const outcome = await transport.send(call)
      if ('kind' in outcome) voice.debug(`< ${outcome.kind}: ${outcome.code}`)
      else tellAnswer(voice, outcome)

      const waitMs = waitAfter(outcome, tries)
      if (waitMs === undefined || tries >= retries) return finalAnswer(outcome)
      const line = `${whyOf(outcome)}; trying again in ${(waitMs / 1000).toFixed(1)} s (${tries + 1} of ${retries})`
      if (waitMs >= 2_000) voice.say(line)
      else voice.debug(line)
      await sleep(waitMs)
    }
  }

  function finalAnswer(outcome: Answer | Fault): Answer {
    if ('kind' in outcome) throw failureOf(outcome, origin, timeoutMs)
    const after = retryAfter(outcome)
    const when = after === undefined ? 'later' : `in ${after} s`
    if (outcome.status === 429) throw new TokenFailure('throttled', `too many attempts: try again ${when}`)
    if (AWAY.includes(outcome.status)) {
      throw new TokenFailure(
        'unreachable',
        `${origin} says the API is away (${outcome.status}): is it up? Try again ${when}`,
      )
    }
    return outcome
  }
}

/** Milliseconds until another try is worth it; undefined where it is not. */
function waitAfter(outcome: Answer | Fault, tries: number): number | undefined {
  const backoff = Math.min(5_000, 200 * 2 ** tries) * (0.5 + Math.random() / 2)
  if ('kind' in outcome) return mayPass(outcome) ? backoff : undefined
  if (outcome.status !== 429 && !AWAY.includes(outcome.status)) return undefined
  const after = retryAfter(outcome) ?? 0
  return after > PATIENCE ? undefined : Math.max(backoff, after * 1000 + Math.random() * 200)
}

const whyOf = (outcome: Answer | Fault) => ('kind' in outcome ? outcome.kind : `status ${outcome.status}`)

/** Seconds, from a number or a date (RFC 9110 §10.2.3). */
function retryAfter({ headers }: Answer): number | undefined {
  const text = headers['retry-after']
  if (typeof text !== 'string') return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000))
}
