import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { REGISTRATION_MODES, type RegistrationMode } from '../../core/registration/registration-mode.ts'
import type { Guarded } from '../guard.ts'
import { noAuth } from '../openapi.ts'
import { commonProblems, json } from './responses.ts'

/** Which ways to an account this installation has. */
export interface SignInRoutesNeeds {
  registration: RegistrationMode
  hasMail: boolean
  makesExtensions: boolean
  /** Of new passwords, in characters. */
  passwordMinLength: number
  hasPhoneSecrets: boolean
  /** Where people may sign in instead. */
  listProviders(): readonly { id: string; name: string }[]
  hasPasskeys: boolean
}

const SignInOptionsJson = z
  .object({
    registration: z.enum(REGISTRATION_MODES),
    mail: z
      .boolean()
      .openapi({ description: 'Whether it sends mail, such as a link that resets a password' }),
    makes_extensions: z.boolean().openapi({
      description: 'Whether `POST /auth/register` gives a new account an extension at once',
    }),
    password_min_length: z.int().openapi({ description: 'Of a new password, in characters', example: 8 }),
    phone_secrets: z.boolean().openapi({
      description: 'Whether accounts can sign in with their extension and the SIP secret of their phone',
    }),
    providers: z.array(z.object({ id: z.string(), name: z.string() })).openapi({
      description: 'Where a person may sign in instead: at `/api/v1/sign-in/providers/{id}/start`',
    }),
    passkeys: z.boolean().openapi({ description: 'Whether a person can sign in with a passkey alone' }),
  })
  .openapi('SignInOptions')

/** For pages that a person sees before they sign in. Each member is also found by an attempt. */
export function addSignInRoutes(app: OpenAPIHono<Guarded>, options: SignInRoutesNeeds): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/sign-in-options',
      operationId: 'signInOptions',
      summary: 'What a sign-in page can offer',
      tags: ['sessions'],
      security: noAuth,
      responses: {
        200: json(SignInOptionsJson, 'The same for all clients'),
        400: commonProblems[400],
        503: commonProblems[503],
      },
    }),
    (c) =>
      c.json(
        {
          registration: options.registration,
          mail: options.hasMail,
          makes_extensions: options.makesExtensions,
          password_min_length: options.passwordMinLength,
          phone_secrets: options.hasPhoneSecrets,
          providers: [...options.listProviders()],
          passkeys: options.hasPasskeys,
        },
        200,
      ),
  )
}
