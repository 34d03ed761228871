import { z } from '@hono/zod-openapi'
import {
  bearer,
  createErrorResponses,
  GUARD_ERRORS,
  json,
  jsonBody,
  noAuth,
  type OpenApiSection,
  withTag,
} from '../openapi.ts'
import { logoutErrors, refreshErrors, softphoneErrorFormat } from './errors.ts'
import * as wire from './wire.ts'

const errorResponses = createErrorResponses(softphoneErrorFormat, wire.ErrorJson)

/** The surface of MikoPBX ModuleSoftphoneBackend v1. What nginx answers below its prefix is told with the gate. */
export const softphoneOpenApi: OpenApiSection = {
  name: 'MikoPBX softphone backend',
  tags: [
    {
      name: 'softphone',
      description: 'Log in with a pair of tokens, follow the state of users, listen to recordings.',
    },
  ],
  operations: withTag('softphone', wire.PREFIX, [
    {
      method: 'post',
      path: '/auth/login',
      operationId: 'softphoneLogin',
      summary: 'Log in',
      security: noAuth,
      request: jsonBody(wire.LoginBody.openapi({ example: { username: 'user1', password: 'password' } })),
      responses: {
        200: json(wire.LoginJson, 'A pair of tokens'),
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
      path: '/auth/refresh',
      operationId: 'softphoneRefresh',
      summary: 'A new access token for the refresh token, which comes as the bearer',
      security: bearer,
      responses: {
        200: json(wire.RefreshJson, 'The new one'),
        ...errorResponses(GUARD_ERRORS, refreshErrors),
      },
    },
    {
      method: 'post',
      path: '/auth/logout',
      operationId: 'softphoneLogout',
      summary: 'End the session, with all its tokens and streams',
      security: bearer,
      responses: { 200: json(wire.LogoutJson, 'It is over'), ...errorResponses(GUARD_ERRORS, logoutErrors) },
    },
    {
      method: 'get',
      path: '/profile',
      operationId: 'softphoneProfile',
      summary: 'Who I am',
      security: bearer,
      responses: { 200: json(wire.ProfileJson, 'The user of the token'), ...errorResponses(GUARD_ERRORS) },
    },
    {
      method: 'get',
      path: '/health',
      operationId: 'softphoneHealth',
      summary: 'Whether the API answers',
      security: noAuth,
      responses: {
        200: json(wire.HealthJson, 'It does'),
        ...errorResponses(['input_invalid', 'unavailable']),
      },
    },
    {
      method: 'get',
      path: '/check-media-access',
      operationId: 'softphoneCheckMediaAccess',
      summary: 'Whether a token is good',
      security: bearer,
      responses: { 200: json(wire.MediaAccessJson, 'It is'), ...errorResponses(GUARD_ERRORS) },
    },
    {
      method: 'post',
      path: '/media-links',
      operationId: 'softphoneMediaLink',
      summary: 'A link to one file, for players that cannot send a header; it dies with the session',
      description: 'For files that an access token of mine opens now.',
      security: bearer,
      request: jsonBody(wire.MediaLinkBody.openapi({ example: { path: '1001/hello.wav', minutes: 10 } })),
      responses: {
        201: json(wire.MediaLinkJson, 'Where it can be heard'),
        ...errorResponses([...GUARD_ERRORS, 'input_invalid', 'forbidden']),
      },
    },
    {
      method: 'post',
      path: '/stream-tickets',
      operationId: 'softphoneStreamTicket',
      summary: 'A ticket for one stream, for clients that cannot send a header: 30 seconds, one use',
      security: bearer,
      responses: { 201: json(wire.StreamTicketJson, 'The ticket'), ...errorResponses(GUARD_ERRORS) },
    },
    {
      method: 'post',
      path: '/streams/renew',
      operationId: 'softphoneRenewStreams',
      summary: 'Let all open streams of the session live as long as this new access token',
      security: bearer,
      responses: { 200: json(wire.RenewJson, 'Until when'), ...errorResponses(GUARD_ERRORS) },
    },
    {
      method: 'post',
      path: '/pub/{channel}',
      operationId: 'softphonePublish',
      summary: 'Publish a snapshot: for services of this machine, without a token',
      description: 'What comes from another machine, from a page or by a proxy is refused with 403.',
      security: noAuth,
      request: {
        params: z.object({ channel: wire.Channel }),
        ...jsonBody(wire.SnapshotBody.openapi({ example: { states: {} } })),
      },
      responses: {
        201: json(wire.PublishJson, 'Kept and told'),
        202: json(wire.PublishJson, 'Kept; nobody follows'),
        ...errorResponses(['forbidden', 'input_invalid', 'not_found', 'input_too_large', 'unavailable']),
      },
    },
  ]),
}
