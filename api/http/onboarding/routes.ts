import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Logger } from '../../../runtime/log.ts'
import type { Login } from '../../core/auth/login.ts'
import type { ProvisioningLinks } from '../../core/provisioning/provisioning-links.ts'
import type { SipCredentialReader } from '../../core/provisioning/sip-credentials.ts'
import { Refusal } from '../../core/refusal.ts'
import type { ExtensionRegistration } from '../../core/registration/extension-registration.ts'
import { omitOptionalNulls } from '../../core/values/omit-optional-nulls.ts'
import { addRoute } from '../add-route.ts'
import { clientAddress, SIGN_IN_STEPS, sendError, sessionClient } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { DEFAULT_JSON_LIMITS, readJsonValue } from '../json-body.ts'
import {
  bearer,
  createErrorResponses,
  GUARD_ERRORS,
  json,
  jsonBody,
  noAuth,
  type OpenApiSection,
  sectionOf,
} from '../openapi.ts'
import { onboardingErrorFormat } from './errors.ts'
import { isLinkPreview, linkPreviewPage } from './link-preview.ts'
import { linphoneConfig } from './linphone-config.ts'
import { type PublicUrlSettings, publicUrlFor } from './public-url.ts'
import * as wire from './wire.ts'

export interface OnboardingRoutesNeeds {
  guard: Guard
  login: Pick<Login, 'login'>
  registration: ExtensionRegistration
  credentials: SipCredentialReader
  links: ProvisioningLinks
  /** Settings for the base URL of provisioning links. */
  publicUrlSettings: PublicUrlSettings
  /** @returns a data URI of a QR code of the text */
  qrDataUri(text: string): string
  log: Logger
}

const errorResponses = createErrorResponses(onboardingErrorFormat, wire.ErrorJson)

/** The surface of the VoIP onboarding API, with links that set up a phone without typing. */
export function createOnboardingRoutes(needs: OnboardingRoutesNeeds): OpenAPIHono<Guarded> {
  const { guard, login, registration, credentials, links, qrDataUri, log } = needs
  const app = new OpenAPIHono<Guarded>()
  app.onError((err, c) => sendError(c, err, onboardingErrorFormat, log))

  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/auth/register',
      operationId: 'onboardingRegister',
      summary: 'Make an account, and an extension for it',
      description:
        'An address that a live invitation names is taken (409) without that `invitation`, also where registration is open. A number with a folder of recordings that holds files is never assigned.',
      security: noAuth,
      request: jsonBody(
        wire.RegisterBody.openapi({ example: { email: 'anna@example.org', password: 'correct horse' } }),
      ),
      responses: {
        201: json(wire.AccountJson, 'The account'),
        ...errorResponses(['input_invalid', 'forbidden', 'taken', 'throttled', 'unavailable']),
      },
    }),
    async (c) => {
      const body = await readValidated(c, wire.RegisterBody)
      const account = await registration.register({ ...body, address: clientAddress(c) })
      return c.json(wire.toAccountJson(account), 201)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/auth/login',
      operationId: 'onboardingLogin',
      summary: 'Log in',
      security: noAuth,
      request: jsonBody(
        wire.LoginBody.openapi({ example: { email: 'anna@example.org', password: 'correct horse' } }),
      ),
      responses: {
        200: json(wire.LoginJson, 'An access token'),
        ...errorResponses([
          'credentials_wrong',
          ...SIGN_IN_STEPS,
          'input_invalid',
          'throttled',
          'unavailable',
        ]),
      },
    }),
    async (c) => {
      const { email: username, password } = await readValidated(c, wire.LoginBody)
      const opened = await login.login({ username, password }, openSessionRequest(c))
      return c.json(wire.toLoginJson(opened), 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/sip/credentials',
      operationId: 'sipCredentials',
      summary: 'What my phone is set up with',
      security: bearer,
      responses: {
        200: json(wire.SipCredentialsJson, 'All that a softphone asks for'),
        ...errorResponses([...GUARD_ERRORS, 'not_found']),
      },
    }),
    guard(),
    async (c) => c.json(wire.toSipCredentialsJson(await credentials.read(c.var.actor)), 200),
  )

  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/sip/provisioning-links',
      operationId: 'provisioningLink',
      summary: 'A link, also as a picture, that sets up a phone without typing: for one phone',
      security: bearer,
      responses: {
        201: json(wire.ProvisioningLinkJson, 'The link'),
        ...errorResponses([...GUARD_ERRORS, 'not_found']),
      },
    }),
    guard(),
    async (c) => {
      const base = publicUrlFor(c, needs.publicUrlSettings)
      const { ticket, expiresIn } = await links.issue(c.var.actor)
      const url = `${base}/sip/provisioning.xml?ticket=${ticket}`
      return c.json({ url, expires_in: expiresIn, qr: qrDataUri(url) }, 201)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/sip/provisioning.xml',
      operationId: 'provision',
      summary: 'What a Linphone fetches by such a link',
      security: noAuth,
      request: { query: z.object({ ticket: z.string() }) },
      responses: {
        200: {
          description:
            'Its configuration; for a browser or the preview of a message a page without any of it',
          content: { 'application/xml': { schema: z.string() }, 'text/html': { schema: z.string() } },
        },
        ...errorResponses(['not_found', 'unavailable']),
      },
    }),
    async (c) => {
      // Hono answers HEAD with the GET handler, which would redeem the ticket.
      if (c.req.method === 'HEAD') return c.body(null, 405, { Allow: 'GET' })
      if (isLinkPreview(c)) return linkPreviewPage(c)
      const sip = await links.redeem(c.req.query('ticket') ?? '')
      return c.body(linphoneConfig(sip), 200, { 'Content-Type': 'application/xml' })
    },
  )
  return app
}

/** The surface of VoIP onboarding in the document: from an account to a phone that rings. */
export const onboardingSection = (app: OpenAPIHono<Guarded>): OpenApiSection =>
  sectionOf(app, {
    name: 'VoIP onboarding',
    tags: [{ name: 'onboarding', description: 'Make an account, and set up a phone for its extension.' }],
  })

/** @throws {Refusal} `input_invalid`; its cause is a ZodError with each invalid member */
async function readValidated<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  const body = await readJsonValue(c, DEFAULT_JSON_LIMITS).catch((err) => {
    if (!(err instanceof Refusal) || err.code !== 'input_invalid') throw err
    throw new Refusal('input_invalid', { cause: bodyError(err.message) })
  })
  const result = schema.safeParse(omitOptionalNulls(schema, body))
  if (result.success) return result.data
  throw new Refusal('input_invalid', { cause: result.error })
}

const bodyError = (message: string) =>
  new z.ZodError([{ code: 'custom', path: [], message, input: undefined }])

const openSessionRequest = (c: Context) => ({
  surface: 'onboarding',
  ...sessionClient(c),
  extraClaims: wire.extraClaims,
  refreshWith: 'nothing' as const,
})
