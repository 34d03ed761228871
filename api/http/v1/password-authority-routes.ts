import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { PasswordAuthorities } from '../../core/auth/password-authorities.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { actedBy } from './acted-by.ts'
import { PasswordAuthorityBody, toNewAuthority } from './password-authority-wire.ts'
import { adminProblems, jsonRequest, problem, security } from './responses.ts'
import { UserParams } from './wire.ts'

export interface PasswordAuthorityRoutesNeeds {
  guard: Guard
  passwordAuthorities: PasswordAuthorities
}

/** Where the password of a user is verified. */
export function addPasswordAuthorityRoutes(
  app: OpenAPIHono<Guarded>,
  needs: PasswordAuthorityRoutesNeeds,
): void {
  app.openapi(
    createRoute({
      method: 'put',
      path: '/users/{userId}/password-authority',
      operationId: 'setPasswordAuthority',
      summary: 'Choose where a user’s password is verified; ends the user’s sessions (admin)',
      description:
        'With `phone`, the password is the SIP secret of the user’s phone, and the PBX verifies it; the password that is stored here is deleted. With `local`, a new password is stored here. `phone` for a user who has it already changes nothing.',
      tags: ['users'],
      security,
      middleware: [needs.guard({ roles: ['admin'] }), limitJsonBody],
      request: {
        params: UserParams,
        body: {
          required: true,
          ...jsonRequest(PasswordAuthorityBody, 'The place, with the password that it needs'),
        },
      },
      responses: {
        204: { description: 'It is verified there from now on' },
        ...adminProblems,
        404: problem('No such user'),
        409: problem('The user has no extension, or sign-in with the secret of a phone is off here'),
      },
    }),
    async (c) => {
      const { userId } = c.req.valid('param')
      await needs.passwordAuthorities.set(userId, toNewAuthority(c.req.valid('json')), actedBy(c))
      return c.body(null, 204)
    },
  )
}
