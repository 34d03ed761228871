import { errorSummary } from '../values/error-summary.ts'
import type { AttemptResult, ClaimedDelivery, DeliveryStore } from './deliveries.ts'
import type { ActiveEndpoint, DisabledReason, EndpointStore, WebhookEndpoint } from './endpoint.ts'
import { retryDelayS } from './retry-schedule.ts'
import { signMessage } from './signature.ts'
import { MAX_ENDPOINTS } from './webhooks.ts'

/** An answer, or the reason why there is none. */
export interface SendResult extends AttemptResult {
  /** Seconds that the receiver asked to wait, of an answer 429 or 503. */
  retryAfter?: number | undefined
}

/** Sends a message. It never rejects, and takes `ATTEMPT_LIMIT_S` at most. */
export type SendMessage = (
  url: string,
  message: { body: string; headers: Record<string, string> },
) => Promise<SendResult>

export interface DispatcherNeeds {
  endpoints: Pick<EndpointStore, 'listActive' | 'markWorking' | 'markFailing' | 'disable'>
  deliveries: Pick<DeliveryStore, 'claim' | 'finish' | 'postpone'>
  send: SendMessage
  /** @throws {Error} if the secret was sealed with another key */
  openSecret(sealed: string): string
  /** Called with an endpoint that was just disabled. */
  onDisabled(endpoint: WebhookEndpoint, reason: DisabledReason): void
  /** What the store throws while a result is recorded: the delivery is repeated when its claim expires. */
  onError(err: unknown): void
  /** Unix ms. */
  now(): number
  random?(): number
}

/** Sends what is due. Call `tick` every half second; it waits for no receiver. */
export interface Dispatcher {
  /** @throws what the store throws */
  tick(): Promise<void>
  /** Resolves when no attempt is in progress. */
  drained(): Promise<void>
}

/** Of one attempt, in seconds. */
export const ATTEMPT_LIMIT_S = 10
/** Seconds; longer than any attempt takes. If the process dies, another one repeats the attempt after it. */
const CLAIM_S = 60
/** Messages that are claimed together: their attempts take less than a claim. */
const BATCH = 5
/** Attempts at once to an endpoint that answers. One that fails has a single one, so that none waits for it. */
const MAX_PER_ENDPOINT = 4
/** Attempts at once beyond the first one of each endpoint. The first one is each endpoint’s own. */
const MAX_EXTRA = 24
/** Attempts at once to all endpoints, which may be of one host. */
export const MAX_ATTEMPTS_AT_ONCE = MAX_ENDPOINTS + MAX_EXTRA
/** An endpoint that was disabled, or has a new secret, is sent to as before for up to this long. */
const FRESH_MS = 2_000
/** After three days without success an endpoint is disabled. */
export const MAX_FAILING_S = 3 * 86_400

export function createDispatcher(needs: DispatcherNeeds): Dispatcher {
  const { endpoints, deliveries, now, random = Math.random } = needs
  const nowS = () => Math.floor(now() / 1000)
  const running = new Map<string, Set<Promise<void>>>()
  let isStopped = false

  const runningOf = (endpointId: string) => running.get(endpointId)?.size ?? 0
  const extraInUse = () => [...running.values()].reduce((sum, { size }) => sum + Math.max(0, size - 1), 0)

  function start(endpoint: ActiveEndpoint, delivery: ClaimedDelivery) {
    const own = running.get(endpoint.id) ?? new Set()
    running.set(endpoint.id, own)
    const work = sendInTurn(endpoint, delivery)
      .catch(needs.onError)
      .finally(() => {
        own.delete(work)
        if (own.size === 0) running.delete(endpoint.id)
      })
    own.add(work)
  }

  /** Goes on with what else is due, while the endpoint answers and what is known of it is fresh. */
  async function sendInTurn(endpoint: ActiveEndpoint, first: ClaimedDelivery): Promise<void> {
    const until = now() + FRESH_MS
    const canGoOn = () => !isStopped && now() < until
    for (let batch = [first]; batch.length > 0; batch = canGoOn() ? await claim(endpoint, BATCH) : []) {
      // What is left after a failure is due again when its claim expires.
      for (const next of batch) if (!(await attemptOnce(endpoint, next))) return
    }
  }

  const claim = ({ id }: ActiveEndpoint, limit: number): Promise<ClaimedDelivery[]> =>
    deliveries.claim(id, nowS(), nowS() + CLAIM_S, limit)

  /** @returns whether the message was delivered */
  async function attemptOnce(endpoint: ActiveEndpoint, delivery: ClaimedDelivery): Promise<boolean> {
    const result = await sendTo(endpoint, delivery)
    const { responseStatus: status } = result
    if (status !== null && status >= 200 && status < 300) {
      await deliveries.finish(delivery, 'delivered', result, nowS())
      if (endpoint.isFailing) await endpoints.markWorking(endpoint.id)
      return true
    }
    const delay = status === GONE ? undefined : retryDelayS(delivery.tries + 1, random(), result.retryAfter)
    if (delay === undefined) await deliveries.finish(delivery, 'failed', result, nowS())
    else await deliveries.postpone(delivery, nowS() + delay, result, nowS())
    const failingSince = await endpoints.markFailing(endpoint.id, nowS())
    if (status === GONE) await disable(endpoint.id, 'gone')
    else if (nowS() - failingSince >= MAX_FAILING_S) await disable(endpoint.id, 'failing')
    return false
  }

  async function sendTo({ url, secrets }: ActiveEndpoint, delivery: ClaimedDelivery): Promise<SendResult> {
    let headers: Record<string, string>
    try {
      const sealed = [secrets.current, ...(secrets.previous === undefined ? [] : [secrets.previous])]
      const message = { id: delivery.messageId, body: delivery.body }
      headers = signMessage(message, sealed.map(needs.openSecret), nowS())
    } catch (err) {
      needs.onError(err)
      const error = 'its secret cannot be read: rotate it'
      return { responseStatus: null, responseText: null, durationMs: 0, error }
    }
    return needs.send(url, { body: delivery.body, headers }).catch((err) => ({
      ...{ responseStatus: null, responseText: null, durationMs: 0 },
      error: errorSummary(err),
    }))
  }

  async function disable(id: string, reason: DisabledReason): Promise<void> {
    const disabled = await endpoints.disable(id, reason)
    if (disabled !== undefined) needs.onDisabled(disabled, reason)
  }

  return {
    async tick() {
      const active = await endpoints.listActive(nowS())
      // The first of each before the second of any: no endpoint waits for the backlog of another.
      for (let round = 0; round < MAX_PER_ENDPOINT && !isStopped; round += 1) {
        for (const endpoint of active) {
          const used = runningOf(endpoint.id)
          if (used !== round || (used > 0 && (endpoint.isFailing || extraInUse() >= MAX_EXTRA))) continue
          const [due] = await claim(endpoint, 1)
          if (due !== undefined) start(endpoint, due)
        }
      }
    },
    async drained() {
      isStopped = true
      await Promise.all([...running.values()].flatMap((own) => [...own]))
    },
  }
}

const GONE = 410
