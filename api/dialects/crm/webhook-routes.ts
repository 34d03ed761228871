import type { Hono } from 'hono'
import type { Door, Known } from './door.ts'

export interface WebhookRoutesNeeds {
  door: Door
}

export function addWebhookRoutes(_app: Hono<Known>, _needs: WebhookRoutesNeeds): void {}
