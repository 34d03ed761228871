import { setTimeout as sleep } from 'node:timers/promises'
import { backoffMs } from '../../runtime/retry.ts'
import { traceRequest, traceResponse } from './debug-trace.ts'
import { TokenCommandError } from './errors.ts'
import type { RedactingOutput } from './redacting-output.ts'
import type { ApiRequest, ApiResponse, Transport } from './transport.ts'
import { isTransient, type TransportFailure, toTokenCommandError } from './transport-failure.ts'

/** Sends until there is an answer that another try would not change. @throws {TokenCommandError} */
export type SendWithRetry = (call: ApiRequest) => Promise<ApiResponse>

/** The longest wait a server may ask of us, in seconds. */
const MAX_RETRY_AFTER_S = 30
const UNAVAILABLE_STATUSES = [502, 503, 504]

export interface SendWithRetryNeeds {
  transport: Transport
  origin: string
  timeoutMs: number
  retries: number
  output: RedactingOutput
}

export function createSendWithRetry({
  transport,
  origin,
  timeoutMs,
  retries,
  output,
}: SendWithRetryNeeds): SendWithRetry {
  return async (call) => {
    for (let tries = 0; ; tries += 1) {
      traceRequest(output, origin, call)
      const outcome = await transport.send(call)
      if ('kind' in outcome) output.debug(`< ${outcome.kind}: ${outcome.code}`)
      else traceResponse(output, outcome)

      const waitMs = retryDelayMs(outcome, tries)
      if (waitMs === undefined || tries >= retries) return finalAnswer(outcome)
      const line = `${describeOutcome(outcome)}; trying again in ${(waitMs / 1000).toFixed(1)} s (${tries + 1} of ${retries})`
      if (waitMs >= 2_000) output.print(line)
      else output.debug(line)
      await sleep(waitMs)
    }
  }

  function finalAnswer(outcome: ApiResponse | TransportFailure): ApiResponse {
    if ('kind' in outcome) throw toTokenCommandError(outcome, origin, timeoutMs)
    const after = retryAfterSeconds(outcome)
    const when = after === undefined ? 'later' : `in ${after} s`
    if (outcome.status === 429)
      throw new TokenCommandError('throttled', `too many attempts: try again ${when}`)
    if (UNAVAILABLE_STATUSES.includes(outcome.status)) {
      throw new TokenCommandError(
        'unreachable',
        `${origin} reports that the API is away (${outcome.status}): is it up? Try again ${when}`,
      )
    }
    return outcome
  }
}

/** Milliseconds until another try is worth it; undefined where it is not. */
function retryDelayMs(outcome: ApiResponse | TransportFailure, tries: number): number | undefined {
  const backoff = backoffMs(tries + 1, 200, 5_000)
  if ('kind' in outcome) return isTransient(outcome) ? backoff : undefined
  if (outcome.status !== 429 && !UNAVAILABLE_STATUSES.includes(outcome.status)) return undefined
  const after = retryAfterSeconds(outcome) ?? 0
  return after > MAX_RETRY_AFTER_S ? undefined : Math.max(backoff, after * 1000 + Math.random() * 200)
}

const describeOutcome = (outcome: ApiResponse | TransportFailure) =>
  'kind' in outcome ? outcome.kind : `status ${outcome.status}`

/** Seconds, from a number or a date (RFC 9110 §10.2.3). */
function retryAfterSeconds({ headers }: ApiResponse): number | undefined {
  const text = headers['retry-after']
  if (typeof text !== 'string') return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000))
}
