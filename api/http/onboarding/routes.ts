import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Logger } from '../../../runtime/log.ts'
import type { Login } from '../../core/auth/login.ts'
import type { ProvisioningLinks } from '../../core/provisioning/provisioning-links.ts'
import type { SipCredentialReader } from '../../core/provisioning/sip-credentials.ts'
import { Refusal } from '../../core/refusal.ts'
import type { ExtensionRegistration } from '../../core/registration/extension-registration.ts'
import { omitOptionalNulls } from '../../core/values/omit-optional-nulls.ts'
import { clientAddress, sendError } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { DEFAULT_JSON_LIMITS, readJsonValue } from '../json-body.ts'
import { typedAs } from '../openapi.ts'
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
  /** Where phones reach us. */
  publicUrlSettings: PublicUrlSettings
  /** A data URI of a picture of the text. */
  qrDataUri(text: string): string
  log: Logger
}

/** The surface of the VoIP onboarding API, and beside it what sets a phone up without typing. */
export function createOnboardingRoutes(needs: OnboardingRoutesNeeds): Hono<Guarded> {
  const { guard, login, registration, credentials, links, qrDataUri, log } = needs
  const app = new Hono<Guarded>()
  app.onError((err, c) => sendError(c, err, onboardingErrorFormat, log))

  app.post('/auth/register', async (c) => {
    const body = await readValidated(c, wire.RegisterBody)
    const account = await registration.register({ ...body, address: clientAddress(c) })
    return c.json(wire.toAccountJson(account), 201)
  })
  app.post('/auth/login', async (c) => {
    const { email: username, password } = await readValidated(c, wire.LoginBody)
    return c.json(wire.toLoginJson(await login.login({ username, password }, openSessionRequest(c))))
  })
  app.get('/sip/credentials', guard(), async (c) => {
    return c.json(wire.toSipCredentialsJson(await credentials.read(c.var.actor)))
  })

  app.post('/sip/provisioning-links', guard(), async (c) => {
    const base = publicUrlFor(c, needs.publicUrlSettings)
    const { ticket, expiresIn } = await links.issue(c.var.actor)
    const url = `${base}/sip/provisioning.xml?ticket=${ticket}`
    return c.json(typedAs(wire.ProvisioningLinkJson, { url, expires_in: expiresIn, qr: qrDataUri(url) }), 201)
  })
  app.get('/sip/provisioning.xml', async (c) => {
    // Hono answers HEAD with what GET does, and a look would use the ticket up.
    if (c.req.method === 'HEAD') return c.body(null, 405, { Allow: 'GET' })
    if (isLinkPreview(c)) return linkPreviewPage(c)
    const sip = await links.redeem(c.req.query('ticket') ?? '')
    return c.body(linphoneConfig(sip), 200, { 'Content-Type': 'application/xml' })
  })
  return app
}

/** @throws {Refusal} `input_invalid`; its cause says what is wrong with each member */
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
  address: clientAddress(c),
  userAgent: c.req.header('user-agent') ?? '',
  extraClaims: wire.extraClaims,
  refreshWith: 'nothing' as const,
})
