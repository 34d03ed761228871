import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { RequiredPasswordChange } from '../../core/auth/required-password-change.ts'
import { clientAddress } from '../errors.ts'
import type { Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { noAuth } from '../openapi.ts'
import { LoginName } from './factor-wire.ts'
import { Password } from './me-wire.ts'
import { commonProblems, json, jsonRequest, problem } from './responses.ts'

export interface PasswordChangeRoutesNeeds {
  passwordChange: RequiredPasswordChange
}

const PasswordChangeBody = z
  .strictObject({
    login: LoginName,
    password: z.string().min(1).max(1024).openapi({ description: 'The one that has to be replaced' }),
    new_password: Password,
    code: z.string().max(64).optional().openapi({ description: 'Of the authenticator app' }),
    recovery_code: z.string().trim().min(1).max(64).optional(),
  })
  .refine(({ code, recovery_code }) => code === undefined || recovery_code === undefined, {
    message: 'needs one of code and recovery_code',
    path: ['code'],
  })
  .openapi('PasswordChange', {
    example: { login: 'anna', password: 'correct horse', new_password: 'battery staple' },
  })
const SignInTicketJson = z
  .object({
    session_token: z.string().nullable().openapi({
      description:
        'Null: the account has to add a second factor, which a sign-in with the new password does. Else for `POST /pbxcore/api/v3/auth:login`, as `sessionToken`: it opens one session within 60 s. 64 hexadecimal digits',
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
        'Where a login was refused with `password_change_required`. Failures count as those of logins do. For an account with a second factor, send its `code` or a `recovery_code` as well.',
      tags: ['sessions'],
      security: noAuth,
      middleware: limitJsonBody,
      request: { body: { required: true, ...jsonRequest(PasswordChangeBody, 'Both passwords') } },
      responses: {
        200: json(SignInTicketJson, 'The password is changed'),
        400: commonProblems[400],
        401: problem('Name, password or second factor is wrong (`credentials_wrong`)'),
        403: problem('The account has a second factor (`second_factor_required`): nothing is changed'),
        409: problem('No change is required, or the password is not verified here: see `detail`'),
        429: problem('Too many attempts: see Retry-After'),
        503: commonProblems[503],
      },
    }),
    async (c) => {
      const { login, password, new_password: next, code, recovery_code: recoveryCode } = c.req.valid('json')
      const factor = code !== undefined ? { code } : recoveryCode !== undefined ? { recoveryCode } : undefined
      const address = clientAddress(c)
      const ticket = await needs.passwordChange.change({ login, password, next, factor, address })
      return c.json({ session_token: ticket ?? null }, 200, { 'Cache-Control': 'no-store' })
    },
  )
}
