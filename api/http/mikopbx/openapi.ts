import type { z } from '@hono/zod-openapi'
import { bearer, json, open, refusing, type Surface, under } from '../openapi.ts'
import { refreshWording, speech } from './errors.ts'
import * as wire from './wire.ts'

const no = refusing(speech, wire.Refused)
const setsCookie = (description: string) => ({
  headers: { 'Set-Cookie': { schema: { type: 'string' as const }, description } },
})
const jsonOrForm = <T extends z.ZodType>(schema: T) => ({
  body: {
    required: true,
    content: { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } },
  },
})

/** The auth of MikoPBX REST v3. */
export const described: Surface = {
  name: 'MikoPBX REST v3',
  tags: [
    {
      name: 'mikopbx',
      description:
        'Log in as to MikoPBX itself: an access token of 15 minutes, and a secret in a cookie, new with each refresh.',
    },
  ],
  operations: under('mikopbx', wire.PREFIX, [
    {
      method: 'post',
      path: '/auth:login',
      operationId: 'mikopbxLogin',
      summary: 'Log in',
      security: open,
      request: jsonOrForm(
        wire.LoginBody.openapi({ example: { login: 'admin', password: 'password', rememberMe: false } }),
      ),
      responses: {
        200: {
          ...json(wire.LoggedIn, 'An access token; the cookie holds the refresh secret'),
          ...setsCookie('`refreshToken`, HttpOnly, SameSite=Strict'),
        },
        ...no(['credentials_missing', 'input_invalid', 'credentials_wrong', 'throttled', 'unavailable']),
      },
    },
    {
      method: 'post',
      path: '/auth:refresh',
      operationId: 'mikopbxRefresh',
      summary: 'A new access token for the cookie, which is exchanged, too',
      security: [{ refreshCookie: [] }],
      responses: {
        200: {
          ...json(wire.Rotated, 'The new access token; the cookie holds the new secret'),
          ...setsCookie('`refreshToken`, new'),
        },
        ...no(['token_missing', 'token_invalid', 'token_revoked', 'forbidden', 'throttled', 'unavailable'], {
          ...refreshWording,
        }),
      },
    },
    {
      method: 'post',
      path: '/auth:logout',
      operationId: 'mikopbxLogout',
      summary: 'End the session; the cookie speaks for whoever has no live access token',
      security: [...bearer, { refreshCookie: [] }],
      responses: {
        200: json(wire.LoggedOut, 'It is over'),
        ...no([
          'token_missing',
          'token_invalid',
          'token_expired',
          'token_revoked',
          'forbidden',
          'unavailable',
        ]),
      },
    },
  ]),
}
