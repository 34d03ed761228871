import { type IntervalJob, startInterval } from '../../../runtime/interval.ts'
import { failureLogger } from '../../../runtime/log.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import { createTelnyxWebhook } from '../../core/call-center/webhooks/telnyx-webhook.ts'
import { EVENT_RETENTION_S } from '../../core/call-center/webhooks/webhook-event-store.ts'
import type { WebhookRoutesNeeds } from '../../http/crm/webhook-routes.ts'
import { createWebhookEventStore } from '../../store/sql/call-center/webhook-events.ts'
import type { CallCenterDeps, FeatureModule } from './feature-module.ts'

const HOUR_MS = 3_600_000

export function createWebhooksModule({
  config,
  db,
  policy,
  log,
  now,
}: CallCenterDeps): FeatureModule<WebhookRoutesNeeds> {
  const events = createWebhookEventStore(db)
  const deleteOldEvents = async () => {
    await events.deleteBefore(toUnixSeconds(now()) - EVENT_RETENTION_S)
  }
  let job: IntervalJob | undefined
  return {
    routes: { telnyx: createTelnyxWebhook({ ...config.telnyx, events, policy, now }) },
    open() {
      job = startInterval(
        HOUR_MS,
        deleteOldEvents,
        failureLogger(log)('webhook_event_purge', 'old webhook events could not be deleted'),
      )
    },
    async close() {
      job?.stop()
    },
  }
}
