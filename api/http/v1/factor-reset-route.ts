import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { FactorReset } from '../../core/auth/second-factor/factor-reset.ts'
import type { Guard, Guarded } from '../guard.ts'
import { actedBy } from './acted-by.ts'
import { adminProblems, problem, security } from './responses.ts'
import { UserParams } from './wire.ts'

export interface FactorResetRouteNeeds {
  guard: Guard
  resetFactors: FactorReset
}

export function addFactorResetRoute(
  app: OpenAPIHono<Guarded>,
  { guard, resetFactors }: FactorResetRouteNeeds,
): void {
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/users/{userId}/second-factors',
      operationId: 'resetSecondFactorsOfUser',
      summary: 'Remove a user’s second factors and app passwords; ends the user’s sessions (admin)',
      description:
        'For a user who lost a device. The password stays. Where the role must have a second factor, the next sign-in adds one.',
      tags: ['users'],
      security,
      middleware: guard({ roles: ['admin'] }),
      request: { params: UserParams },
      responses: { 204: { description: 'They are removed' }, ...adminProblems, 404: problem('No such user') },
    }),
    async (c) => {
      await resetFactors(c.req.valid('param').userId, actedBy(c))
      return c.body(null, 204)
    },
  )
}
