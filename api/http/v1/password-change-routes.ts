import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { RequiredPasswordChange } from '../../core/auth/required-password-change.ts'
import { clientAddress } from '../errors.ts'
import type { Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { noAuth } from '../openapi.ts'
import { Password } from './me-wire.ts'
import { commonProblems, json, jsonRequest, problem } from './responses.ts'

export interface PasswordChangeRoutesNeeds {
  passwordChange: RequiredPasswordChange
}

const PasswordChangeBody = z
  .strictObject({
    login: z.string().min(1).max(256).openapi({ description: 'Username, extension or e-mail address' }),
    password: z.string().min(1).max(1024).openapi({ description: 'The one that has to be replaced' }),
    new_password: Password,
  })
  .openapi('PasswordChange', {
    example: { login: 'anna', password: 'correct horse', new_password: 'battery staple' },
  })
const SignInTicketJson = z
  .object({
    session_token: z.string().openapi({
      description:
        'For `POST /pbxcore/api/v3/auth:login`, as `sessionToken`: it opens one session within 60 s. 64 hexadecimal digits',
    }),
  })
  .openapi('SignInTicket')

/** For a user whom an administrator gave a password that has to be replaced. */
export function addPasswordChangeRoutes(app: OpenAPIHono<Guarded>, needs: PasswordChangeRoutesNeeds): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/sign-in/password-change',
      operationId: 'changeRequiredPassword',
      summary: 'Replace a password that must be changed, and sign in; all other sessions end',
      description:
        'Where a login was refused with `password_change_required`. Failures count as those of logins do. If the account needs a second factor, the password is changed and the answer is 403 `second_factor_required`: sign in with the new one.',
      tags: ['sessions'],
      security: noAuth,
      middleware: limitJsonBody,
      request: { body: { required: true, ...jsonRequest(PasswordChangeBody, 'Both passwords') } },
      responses: {
        200: json(SignInTicketJson, 'The password is changed'),
        400: commonProblems[400],
        401: problem('Name or password is wrong (`credentials_wrong`)'),
        403: problem('The password is changed, and a second factor is needed (`second_factor_required`)'),
        409: problem('No change is required, or the password is not verified here: see `detail`'),
        429: problem('Too many attempts: see Retry-After'),
        503: commonProblems[503],
      },
    }),
    async (c) => {
      const { login, password, new_password: next } = c.req.valid('json')
      const address = clientAddress(c)
      const session_token = await needs.passwordChange.change({ login, password, next, address })
      return c.json({ session_token }, 200, { 'Cache-Control': 'no-store' })
    },
  )
}
