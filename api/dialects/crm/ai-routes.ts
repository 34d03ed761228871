import type { Hono } from 'hono'
import type { Door, Known } from './door.ts'

export interface AiRoutesNeeds {
  door: Door
}

export function addAiRoutes(_app: Hono<Known>, _needs: AiRoutesNeeds): void {}
