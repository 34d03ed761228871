import { z } from '@hono/zod-openapi'
import { ADMINS } from '../../../contract/claims.ts'
import type { Clothing, Opened } from '../../core/auth/sessions.ts'
import type { User } from '../../core/auth/users.ts'

export const PREFIX = '/pbxcore/api/v3'

/** What MikoPBX's own access tokens live, in seconds. */
export const ACCESS_TTL = 900
export const COOKIE = 'refreshToken'

/** "true" of a form is true; anything else that is not plainly true is not. */
const Flag = z
  .union([z.boolean(), z.string(), z.number(), z.null()])
  .optional()
  .transform((value) => value === true || value === 'true' || value === '1' || value === 1)

export const LoginBody = z.object({
  login: z.string().max(256).default(''),
  password: z.string().max(1024).default(''),
  rememberMe: Flag,
})

/** The claims of MikoPBX's tokens that are not core ones, and its name for an admin's role: its document's sample token. */
export const clothing: Clothing = (user: User) => ({
  userId: user.username,
  ...(user.role === 'admin' ? { role: ADMINS } : {}),
  language: 'en',
  nbf: Math.floor(Date.now() / 1000),
})

const success = <T extends z.ZodType>(data: T) =>
  z.object({ result: z.literal(true), data, messages: z.strictObject({}) })
const Bearer = z.object({
  accessToken: z.string().openapi({ description: 'A compact JWT' }),
  tokenType: z.literal('Bearer'),
  expiresIn: z.number().int().openapi({ description: 'Seconds', example: ACCESS_TTL }),
})

export const Rotated = success(Bearer).openapi('MikopbxRefreshed')
export const rotated = ({ accessToken, expiresIn }: Opened): z.infer<typeof Rotated> => ({
  result: true,
  data: { accessToken, tokenType: 'Bearer', expiresIn },
  messages: {},
})
export const LoggedIn = success(Bearer.extend({ login: z.string() })).openapi('MikopbxLogin')
export const opened = (session: Opened): z.infer<typeof LoggedIn> => ({
  result: true,
  data: { ...rotated(session).data, login: session.username },
  messages: {},
})
export const LoggedOut = success(z.object({ message: z.string() })).openapi('MikopbxLogout')
export const loggedOut: z.infer<typeof LoggedOut> = {
  result: true,
  data: { message: 'Successfully logged out' },
  messages: {},
}

/** How this surface says no. */
export const Refused = z
  .object({
    result: z.literal(false),
    data: z.strictObject({}),
    messages: z.object({ error: z.array(z.string()) }),
  })
  .openapi('MikopbxError')
export const refused = (error: string): z.infer<typeof Refused> => ({
  result: false,
  data: {},
  messages: { error: [error] },
})
