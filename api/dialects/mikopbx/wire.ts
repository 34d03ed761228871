import { z } from 'zod'
import type { Clothing, Opened } from '../../core/sessions.ts'
import type { User } from '../../core/users.ts'

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

/** The claims of MikoPBX's tokens that are not core ones; nobody here reads them. */
export const clothing: Clothing = (user: User) => ({
  userId: user.username,
  language: 'en',
  nbf: Math.floor(Date.now() / 1000),
})

export const success = (data: object) => ({ result: true, data, messages: {} })

export const opened = ({ accessToken, expiresIn, username }: Opened) =>
  success({ accessToken, tokenType: 'Bearer', expiresIn, login: username })
export const rotated = ({ accessToken, expiresIn }: Opened) =>
  success({ accessToken, tokenType: 'Bearer', expiresIn })
export const loggedOut = success({ message: 'Successfully logged out' })
