import type { WebhookRoutesNeeds } from '../dialects/crm/webhook-routes.ts'
import type { Base, Room } from './base.ts'

export function joinWebhooks({ door }: Base): Room<WebhookRoutesNeeds> {
  return { routes: { door } }
}
