import { z } from '@hono/zod-openapi'
import { bearer, json, open, refusing, type Surface, TOKEN_FLAWS, taking, under } from '../openapi.ts'
import { logoutWording, refreshWording, speech } from './errors.ts'
import * as wire from './wire.ts'

const no = refusing(speech, wire.Refused)

/** The surface of MikoPBX ModuleSoftphoneBackend v1. What nginx answers below its prefix is told with the gate. */
export const described: Surface = {
  name: 'MikoPBX softphone backend',
  tags: [
    {
      name: 'softphone',
      description: 'Log in with a pair of tokens, follow the state of users, listen to recordings.',
    },
  ],
  operations: under('softphone', wire.PREFIX, [
    {
      method: 'post',
      path: '/auth/login',
      operationId: 'softphoneLogin',
      summary: 'Log in',
      security: open,
      request: taking(wire.LoginBody.openapi({ example: { username: 'user1', password: 'password' } })),
      responses: {
        200: json(wire.LoggedIn, 'A pair of tokens'),
        ...no(['credentials_missing', 'input_invalid', 'credentials_wrong', 'throttled', 'unavailable']),
      },
    },
    {
      method: 'post',
      path: '/auth/refresh',
      operationId: 'softphoneRefresh',
      summary: 'A new access token for the refresh token, which comes as the bearer',
      security: bearer,
      responses: { 200: json(wire.Refreshed, 'The new one'), ...no(TOKEN_FLAWS, refreshWording) },
    },
    {
      method: 'post',
      path: '/auth/logout',
      operationId: 'softphoneLogout',
      summary: 'End the session, with all its tokens and streams',
      security: bearer,
      responses: { 200: json(wire.LoggedOut, 'It is over'), ...no(TOKEN_FLAWS, logoutWording) },
    },
    {
      method: 'get',
      path: '/profile',
      operationId: 'softphoneProfile',
      summary: 'Who I am',
      security: bearer,
      responses: { 200: json(wire.Profile, 'The user of the token'), ...no(TOKEN_FLAWS) },
    },
    {
      method: 'get',
      path: '/health',
      operationId: 'softphoneHealth',
      summary: 'Whether the API answers',
      security: open,
      responses: { 200: json(wire.Health, 'It does'), ...no(['input_invalid', 'unavailable']) },
    },
    {
      method: 'get',
      path: '/check-media-access',
      operationId: 'softphoneCheckMediaAccess',
      summary: 'Whether a token is good',
      security: bearer,
      responses: { 200: json(wire.Allowed, 'It is'), ...no(TOKEN_FLAWS) },
    },
    {
      method: 'post',
      path: '/media-links',
      operationId: 'softphoneMediaLink',
      summary: 'A link to one file, for players that cannot send a header; it dies with the session',
      description: 'For files that an access token of mine opens now.',
      security: bearer,
      request: taking(wire.LinkBody.openapi({ example: { path: '1001/hello.wav', minutes: 10 } })),
      responses: {
        201: json(wire.Link, 'Where it can be heard'),
        ...no([...TOKEN_FLAWS, 'input_invalid', 'forbidden']),
      },
    },
    {
      method: 'post',
      path: '/stream-tickets',
      operationId: 'softphoneStreamTicket',
      summary: 'A ticket for one stream, for clients that cannot send a header: 30 seconds, one use',
      security: bearer,
      responses: { 201: json(wire.Ticket, 'The ticket'), ...no(TOKEN_FLAWS) },
    },
    {
      method: 'post',
      path: '/streams/renew',
      operationId: 'softphoneRenewStreams',
      summary: 'Let all open streams of the session live as long as this new access token',
      security: bearer,
      responses: { 200: json(wire.Renewed, 'Until when'), ...no(TOKEN_FLAWS) },
    },
    {
      method: 'post',
      path: '/pub/{channel}',
      operationId: 'softphonePublish',
      summary: 'Publish a snapshot: for services of this machine, without a token',
      description: 'What comes from another machine, from a page or by a proxy is refused with 403.',
      security: open,
      request: {
        params: z.object({ channel: wire.Channel }),
        ...taking(wire.SnapshotBody.openapi({ example: { states: {} } })),
      },
      responses: {
        201: json(wire.PublishedShape, 'Kept and told'),
        202: json(wire.PublishedShape, 'Kept; nobody follows'),
        ...no(['forbidden', 'input_invalid', 'not_found', 'input_too_large', 'unavailable']),
      },
    },
  ]),
}
