import type { Hono } from 'hono'
import type { Door, Known } from './door.ts'

export interface CallRoutesNeeds {
  door: Door
}

export function addCallRoutes(_app: Hono<Known>, _needs: CallRoutesNeeds): void {}
