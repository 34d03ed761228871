import type { Hono } from 'hono'
import type { Door, Known } from './door.ts'

export interface AuthRoutesNeeds {
  door: Door
}

export function addAuthRoutes(_app: Hono<Known>, _needs: AuthRoutesNeeds): void {}
