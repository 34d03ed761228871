import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi'
import type { DeviceGrants } from '../../core/auth/device/device-grants.ts'
import type { OpenSessionRequest } from '../../core/auth/sessions.ts'
import { Refusal } from '../../core/refusal.ts'
import { addRoute } from '../add-route.ts'
import { clientAddress, readBody, sessionClient } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { noAuth } from '../openapi.ts'
import * as wire from './device-wire.ts'
import { OAuthErrorJson } from './provider-wire.ts'
import { commonProblems, json, jsonRequest, problem, security } from './responses.ts'

export interface DeviceRoutesNeeds {
  guard: Guard
  deviceGrants: DeviceGrants
  /** The page where people enter codes; undefined where no setting has the address of this server. */
  verificationUri: string | undefined
  /** How a session of a device is opened: as one of the softphone surface. */
  deviceSession: Pick<OpenSessionRequest, 'surface' | 'extraClaims' | 'refreshWith'>
}

const tags = ['sign-in']
function bodyOf<T extends z.ZodType>(schema: T, example: z.output<T>) {
  const documented = schema.openapi({ example })
  const content = {
    'application/x-www-form-urlencoded': { schema: documented },
    'application/json': { schema: documented },
  }
  return { body: { required: true, content } }
}
const tooMany = problem('Too many attempts: see Retry-After')

/** The device authorization grant (RFC 8628): a phone without a browser signs in, and a person allows it elsewhere. */
export function addDeviceRoutes(app: OpenAPIHono<Guarded>, needs: DeviceRoutesNeeds): void {
  const { guard, deviceGrants, verificationUri, deviceSession } = needs
  const signedIn = guard()

  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/sign-in/device',
      operationId: 'startDeviceSignIn',
      summary: 'Sign in a device without a browser',
      tags,
      security: noAuth,
      request: bodyOf(wire.StartDeviceBody, { client_name: 'Desk phone 1001' }),
      responses: {
        200: json(wire.StartedDeviceJson, 'Show the code, and ask for tokens meanwhile'),
        400: commonProblems[400],
        429: tooMany,
        501: problem('No setting has the address of this server'),
        503: commonProblems[503],
      },
    }),
    async (c) => {
      const { client_name } = await readBody(c, wire.StartDeviceBody)
      if (verificationUri === undefined)
        throw new Refusal('not_supported', { detail: 'HOOKSWITCH_PUBLIC_URL is not set' })
      const started = await deviceGrants.start(client_name, clientAddress(c))
      return c.json(wire.toStartedDeviceJson(started, verificationUri), 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/sign-in/device/token',
      operationId: 'getDeviceTokens',
      summary: 'The tokens of a device, once a person has allowed it',
      description:
        'The 400 has `error`: `authorization_pending` (ask again after the interval), `slow_down` (the interval is 5 s longer from now on), `expired_token`, `access_denied`, `unsupported_grant_type` or `invalid_request`.',
      tags,
      security: noAuth,
      request: bodyOf(wire.DeviceTokenBody, { grant_type: wire.DEVICE_GRANT, device_code: 'code' }),
      responses: {
        200: json(wire.DeviceTokensJson, 'Those of a softphone; the code is used up'),
        400: json(OAuthErrorJson, 'Not yet, or not any more: RFC 8628 §3.5'),
        503: commonProblems[503],
      },
    }),
    async (c) => {
      const body = await readBody(c, wire.DeviceTokenBody).catch((err) => {
        if (err instanceof Refusal && err.code === 'input_invalid') return err
        throw err
      })
      if (body instanceof Refusal) {
        const error = body.detail?.startsWith('grant_type') ? 'unsupported_grant_type' : 'invalid_request'
        return c.json({ error, error_description: body.detail ?? '' }, 400)
      }
      const redeemed = await deviceGrants.redeem(body.device_code, { ...deviceSession, ...sessionClient(c) })
      if (typeof redeemed === 'string') return c.json({ error: redeemed }, 400)
      return c.json(wire.toDeviceTokensJson(redeemed), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/sign-in/device/find',
      operationId: 'findDeviceSignIn',
      summary: 'Which device asks with a code',
      tags,
      security,
      middleware: [signedIn, limitJsonBody],
      request: { body: { required: true, ...jsonRequest(wire.FindDeviceBody, 'The code of the device') } },
      responses: {
        200: json(wire.DeviceRequestJson, 'What asks, and from where'),
        ...commonProblems,
        404: problem('No device asks with this code'),
        429: tooMany,
      },
    }),
    async (c) => {
      const { user_code } = c.req.valid('json')
      const request = await deviceGrants.find(user_code, c.var.actor, clientAddress(c))
      return c.json(wire.toDeviceRequestJson(request), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/sign-in/device/decision',
      operationId: 'decideDeviceSignIn',
      summary: 'Let a device sign in as me, or not',
      tags,
      security,
      middleware: [signedIn, limitJsonBody],
      request: { body: { required: true, ...jsonRequest(wire.DecideDeviceBody, 'The decision') } },
      responses: {
        204: { description: 'Decided; the code is used up' },
        ...commonProblems,
        404: problem('No device asks with this code'),
        429: tooMany,
      },
    }),
    async (c) => {
      const { user_code, allow } = c.req.valid('json')
      await deviceGrants.decide(user_code, allow, c.var.actor, clientAddress(c))
      return c.body(null, 204)
    },
  )
}
