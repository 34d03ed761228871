import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { KeyDescription } from '../../../contract/keys.ts'
import type { DialPolicy } from '../../core/dial-policy/dial-policy.ts'
import type { SystemStatus } from '../../core/system/system-status.ts'
import type { Guard, Guarded } from '../guard.ts'
import { adminProblems, json, security } from './responses.ts'
import * as wire from './system-wire.ts'

export interface SystemRoutesNeeds {
  guard: Guard
  status: SystemStatus
  version: string
  /** Unix ms. */
  startedAt: number
  policy: () => Pick<DialPolicy, 'rules'>
  keys(): readonly KeyDescription[]
}

const tags = ['system']

/** How this installation is, read only. */
export function addSystemRoutes(app: OpenAPIHono<Guarded>, needs: SystemRoutesNeeds): void {
  const admin = needs.guard({ roles: ['admin'] })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/system',
      operationId: 'systemStatus',
      summary: 'Whether each part works, in words (admin)',
      tags,
      security,
      middleware: admin,
      responses: { 200: json(wire.SystemJson, 'Each part'), ...adminProblems },
    }),
    async (c) => c.json(wire.toSystemJson(await needs.status.check(), needs), 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/system/dial-policy',
      operationId: 'dialPolicy',
      summary: 'The dial policy in force, with its defaults (admin)',
      tags,
      security,
      middleware: admin,
      responses: { 200: json(wire.DialPolicyJson, 'The rules'), ...adminProblems },
    }),
    (c) => c.json(wire.toDialPolicyJson(needs.policy().rules), 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/system/keys',
      operationId: 'signingKeys',
      summary: 'The keys that sign and verify tokens, without secrets (admin)',
      tags,
      security,
      middleware: admin,
      responses: { 200: json(wire.KeysJson, 'The keys, the oldest first'), ...adminProblems },
    }),
    (c) => c.json(wire.toKeysJson(needs.keys()), 200),
  )
}
