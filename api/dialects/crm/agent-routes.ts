import type { Hono } from 'hono'
import type { Door, Known } from './door.ts'

export interface AgentRoutesNeeds {
  door: Door
}

export function addAgentRoutes(_app: Hono<Known>, _needs: AgentRoutesNeeds): void {}
