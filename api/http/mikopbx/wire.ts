import { z } from '@hono/zod-openapi'
import { ADMINS_ROLE_NAME } from '../../../contract/claims.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { ExtraClaims, OpenedSession } from '../../core/auth/sessions.ts'
import type { User } from '../../core/auth/users.ts'
import { SIGN_IN_STEPS } from '../errors.ts'

export const PREFIX = '/pbxcore/api/v3'

/** Lifetime of MikoPBX's access tokens in seconds. */
export const ACCESS_TTL = 900
export const REFRESH_COOKIE = 'refreshToken'
/** Of a refused refresh with the cookie of a session that has ended. MikoPBX has no such header. */
export const END_REASON_HEADER = 'X-Session-End-Reason'

/** Also reads `true` and `1` of a form; any other value is false. */
const LooseBoolean = z
  .union([z.boolean(), z.string(), z.number(), z.null()])
  .optional()
  .transform((value) => value === true || value === 'true' || value === '1' || value === 1)

export const LoginBody = z.object({
  login: z.string().max(256).default(''),
  password: z.string().max(1024).default(''),
  sessionToken: z
    .string()
    .max(256)
    .default('')
    .openapi({ description: 'Instead of both: a ticket of `/api/v1/sign-in`, good once within 60 s' }),
  rememberMe: LooseBoolean,
})

/** MikoPBX's claims beyond the core ones, and its name for the admin role, as in its document's sample token. */
export const extraClaims: ExtraClaims = (user: User) => ({
  userId: user.username,
  ...(user.role === 'admin' ? { role: ADMINS_ROLE_NAME } : {}),
  language: user.language ?? 'en',
  nbf: toUnixSeconds(Date.now()),
})

const successOf = <T extends z.ZodType>(data: T) =>
  z.object({ result: z.literal(true), data, messages: z.strictObject({}) })
const AccessTokenJson = z.object({
  accessToken: z.string().openapi({ description: 'A compact JWT' }),
  tokenType: z.literal('Bearer'),
  expiresIn: z.number().int().openapi({ description: 'Seconds', example: ACCESS_TTL }),
})

export const RefreshJson = successOf(AccessTokenJson).openapi('MikopbxRefreshed')
export const toRefreshJson = ({ accessToken, expiresIn }: OpenedSession): z.infer<typeof RefreshJson> => ({
  result: true,
  data: { accessToken, tokenType: 'Bearer', expiresIn },
  messages: {},
})
export const LoginJson = successOf(AccessTokenJson.extend({ login: z.string() })).openapi('MikopbxLogin')
export const toLoginJson = (session: OpenedSession): z.infer<typeof LoginJson> => ({
  result: true,
  data: { ...toRefreshJson(session).data, login: session.username },
  messages: {},
})
export const LogoutJson = successOf(z.object({ message: z.string() })).openapi('MikopbxLogout')
export const logoutJson: z.infer<typeof LogoutJson> = {
  result: true,
  data: { message: 'Successfully logged out' },
  messages: {},
}

/** The error body of this surface. */
export const ErrorJson = z
  .object({
    result: z.literal(false),
    data: z.strictObject({}),
    messages: z.object({ error: z.array(z.string()) }),
    code: z.enum(SIGN_IN_STEPS).optional().openapi({
      description:
        'Beyond MikoPBX: what a right password lacks to open a session; `POST /api/v1/sign-in/…` has the step',
    }),
  })
  .openapi('MikopbxError')
export const toErrorJson = (
  error: string,
  code?: (typeof SIGN_IN_STEPS)[number],
): z.infer<typeof ErrorJson> => ({
  result: false,
  data: {},
  messages: { error: [error] },
  ...(code === undefined ? {} : { code }),
})
