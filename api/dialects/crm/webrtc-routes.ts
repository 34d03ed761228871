import type { Hono } from 'hono'
import type { Door, Known } from './door.ts'

export interface WebrtcRoutesNeeds {
  door: Door
}

export function addWebrtcRoutes(_app: Hono<Known>, _needs: WebrtcRoutesNeeds): void {}
