import type { Hono } from 'hono'
import type { Door, Known } from './door.ts'

export interface LeadRoutesNeeds {
  door: Door
}

export function addLeadRoutes(_app: Hono<Known>, _needs: LeadRoutesNeeds): void {}
