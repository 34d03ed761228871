import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createIntervalJobs } from '../../runtime/interval-jobs.ts'
import { failureLogger, type Logger } from '../../runtime/log.ts'
import { DAY_S, toUnixSeconds } from '../../runtime/time.ts'
import type { Config } from '../config/config.ts'
import type { SecurityLog } from '../core/auth/security-log.ts'
import { toCallRecord } from '../core/calls/to-call-record.ts'
import { createSecretSeal } from '../core/provisioning/sip-secret.ts'
import { withDialedNumbers } from '../core/webhooks/call-events.ts'
import { createDispatcher } from '../core/webhooks/dispatcher.ts'
import { startLiveCallNotifier } from '../core/webhooks/live-call-notifier.ts'
import { createAddressPolicy } from '../core/webhooks/receiver-address.ts'
import { createWebhooks, logDisabled, type Webhooks } from '../core/webhooks/webhooks.ts'
import { loadOrCreateSecret } from '../store/files/secret-file.ts'
import { createPlacedCallStore } from '../store/sql/calls/placed-calls.ts'
import type { Database } from '../store/sql/database.ts'
import { createDeliveryStore } from '../store/sql/webhooks/deliveries.ts'
import { createEndpointStore } from '../store/sql/webhooks/endpoints.ts'
import { queueEvents } from '../store/sql/webhooks/queue-events.ts'
import { createReceiverCheck, createWebhookSender } from '../webhooks/http-sender.ts'
import type { CallModule } from './calls.ts'

export interface OutgoingWebhooksNeeds {
  config: Config
  db: Database
  callModule: Pick<CallModule, 'callTracker' | 'directory'>
  securityLog: SecurityLog
  log: Logger
  now: () => number
}

/** Webhooks that this API sends: what administrators do with them, and the jobs that send. */
export interface OutgoingWebhooks {
  webhooks: Webhooks
  open(): void
  close(): Promise<void>
}

const TICK_MS = 500
/** How long shutdown waits for attempts in progress. */
const DRAIN_TIMEOUT_MS = 2_000
const PURGE_MS = 600_000
/** Messages of one statement: one of an embedded database blocks the event loop while it runs. */
const PURGE_BATCH = 200
/** What every secret is sealed for. */
const SEALED_FOR = 'webhook'

export function createOutgoingWebhooks(needs: OutgoingWebhooksNeeds): OutgoingWebhooks {
  const { config, db, callModule, securityLog, log, now } = needs
  const { allowedNetworks, allowsHttp, days } = config.outgoingWebhooks
  const logFailure = failureLogger(log)
  const seal = createSecretSeal(loadOrCreateSecret(join(config.keysFolder, 'webhook.secret')))
  const endpoints = createEndpointStore(db)
  const deliveries = createDeliveryStore(db)
  const placedCalls = createPlacedCallStore(db)
  const rules = { policy: createAddressPolicy(allowedNetworks), allowsHttp }
  const sender = createWebhookSender(rules)
  const dispatcher = createDispatcher({
    ...{ endpoints, deliveries, now },
    send: sender.send,
    openSecret: (sealed) => seal.open(sealed, SEALED_FOR),
    onDisabled(endpoint, reason) {
      log.warn({ event: 'webhook_disabled', id: endpoint.id, reason }, 'a webhook endpoint was disabled')
      logDisabled(securityLog, endpoint, reason)
    },
    onError: logFailure.once('webhook_delivery', 'the result of a webhook could not be recorded'),
  })
  const liveCalls = startLiveCallNotifier({
    tracker: callModule.callTracker,
    toRecord: (call) =>
      toCallRecord(
        { ...call, endedAt: call.endedAt ?? call.startedAt },
        (endpoint) => callModule.directory.findByEndpoint(endpoint),
        () => [],
      ),
    async queue(events) {
      const complete = await withDialedNumbers(events, placedCalls)
      await db.transaction((trx) => queueEvents(trx, complete))
    },
    onError: logFailure.once('webhook_call_event', 'a call could not be reported to webhooks'),
  })

  async function purge() {
    const before = toUnixSeconds(now()) - days * DAY_S
    while ((await deliveries.purge(before, PURGE_BATCH)) === PURGE_BATCH) {
      await sleep(20)
    }
  }

  const jobs = createIntervalJobs()
  return {
    webhooks: createWebhooks({
      ...{ endpoints, deliveries, securityLog, now },
      checkUrl: createReceiverCheck(rules),
      sealSecret: (secret) => seal.seal(secret, SEALED_FOR),
    }),
    open() {
      jobs.start(TICK_MS, dispatcher.tick, logFailure('webhook_tick', 'webhooks could not be sent'))
      jobs.start(1_000, liveCalls.flush, logFailure('webhook_queue', 'webhooks could not be queued'))
      jobs.start(PURGE_MS, purge, logFailure('webhook_purge', 'old webhooks could not be deleted'))
    },
    async close() {
      jobs.stop()
      await liveCalls.flush().catch(() => {})
      const drained = dispatcher.drained()
      await Promise.race([drained, sleep(DRAIN_TIMEOUT_MS)])
      // Attempts that this ends are repeated after the restart.
      await sender.close()
      await drained
    },
  }
}
