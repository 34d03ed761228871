import type { Hono } from 'hono'
import type { Door, Known } from './door.ts'

export interface StatsRoutesNeeds {
  door: Door
}

export function addStatsRoutes(_app: Hono<Known>, _needs: StatsRoutesNeeds): void {}
