import { type Chore, every } from '../../../runtime/interval.ts'
import { troubleFor } from '../../../runtime/log.ts'
import { createTelnyx } from '../../core/call-center/webhooks/telnyx-webhook.ts'
import type { WebhookRoutesNeeds } from '../../http/crm/webhook-routes.ts'
import { createWebhookEventStore } from '../../store/sql/call-center/webhook-events.ts'
import type { Base, Room } from './feature-module.ts'

const KEPT_SECONDS = 30 * 86_400
const HOUR_MS = 3_600_000

export function joinWebhooks({ door, config, db, policy, log, now }: Base): Room<WebhookRoutesNeeds> {
  const events = createWebhookEventStore(db)
  const forget = async () => {
    await events.forget(Math.floor(now() / 1000) - KEPT_SECONDS)
  }
  let chore: Chore | undefined
  return {
    routes: { door, telnyx: createTelnyx({ ...config.telnyx, events, policy, now }) },
    open() {
      chore = every(HOUR_MS, forget, troubleFor(log)('old webhook events could not be removed'))
    },
    async close() {
      chore?.stop()
    },
  }
}
