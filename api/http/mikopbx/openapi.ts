import type { z } from '@hono/zod-openapi'
import { bearer, createErrorResponses, json, noAuth, type OpenApiSection, withTag } from '../openapi.ts'
import { mikopbxErrorFormat, refreshErrors } from './errors.ts'
import * as wire from './wire.ts'

const errorResponses = createErrorResponses(mikopbxErrorFormat, wire.ErrorJson)
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
export const mikopbxOpenApi: OpenApiSection = {
  name: 'MikoPBX REST v3',
  tags: [
    {
      name: 'mikopbx',
      description:
        'Log in as to MikoPBX itself: an access token of 15 minutes, and a secret in a cookie, new with each refresh.',
    },
  ],
  operations: withTag('mikopbx', wire.PREFIX, [
    {
      method: 'post',
      path: '/auth:login',
      operationId: 'mikopbxLogin',
      summary: 'Log in',
      security: noAuth,
      request: jsonOrForm(
        wire.LoginBody.openapi({ example: { login: 'admin', password: 'password', rememberMe: false } }),
      ),
      responses: {
        200: {
          ...json(wire.LoginJson, 'An access token; the cookie holds the refresh secret'),
          ...setsCookie('`refreshToken`, HttpOnly, SameSite=Strict'),
        },
        ...errorResponses([
          'credentials_missing',
          'input_invalid',
          'credentials_wrong',
          'throttled',
          'unavailable',
        ]),
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
          ...json(wire.RefreshJson, 'The new access token; the cookie holds the new secret'),
          ...setsCookie('`refreshToken`, new'),
        },
        ...errorResponses(
          ['token_missing', 'token_invalid', 'token_revoked', 'forbidden', 'throttled', 'unavailable'],
          {
            ...refreshErrors,
          },
        ),
      },
    },
    {
      method: 'post',
      path: '/auth:logout',
      operationId: 'mikopbxLogout',
      summary: 'End the session; the cookie speaks for whoever has no live access token',
      security: [...bearer, { refreshCookie: [] }],
      responses: {
        200: json(wire.LogoutJson, 'It is over'),
        ...errorResponses([
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
