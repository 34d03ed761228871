import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Logger } from '../../../runtime/log.ts'
import type { Login } from '../../core/auth/login.ts'
import type { ProvisioningLinks } from '../../core/provisioning/provisioning-links.ts'
import type { CredentialReading } from '../../core/provisioning/sip-credentials.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Registration } from '../../core/registration/extension-registration.ts'
import { withoutNulls } from '../../core/values/omit-optional-nulls.ts'
import { addressOf, refuse } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { readValue, USUAL } from '../json-body.ts'
import { as } from '../openapi.ts'
import { speech } from './errors.ts'
import { isLook, lookedAt } from './link-preview.ts'
import { linphoneConfig } from './linphone-config.ts'
import { type PublicUrlSettings, publicUrlFor } from './public-url.ts'
import * as wire from './wire.ts'

export interface OnboardingRoutesNeeds {
  guard: Guard
  login: Pick<Login, 'login'>
  registration: Registration
  credentials: CredentialReading
  links: ProvisioningLinks
  /** Where phones reach us. */
  place: PublicUrlSettings
  /** A data URI of a picture of the text. */
  drawQr(text: string): string
  log: Logger
}

/** The surface of the VoIP onboarding API, and beside it what sets a phone up without typing. */
export function createOnboardingRoutes(needs: OnboardingRoutesNeeds): Hono<Guarded> {
  const { guard, login, registration, credentials, links, drawQr, log } = needs
  const app = new Hono<Guarded>()
  app.onError((err, c) => refuse(c, err, speech, log))

  app.post('/auth/register', async (c) => {
    const body = await readShape(c, wire.RegisterBody)
    const made = await registration.register({ ...body, address: addressOf(c) })
    return c.json(wire.registered(made), 201)
  })
  app.post('/auth/login', async (c) => {
    const { email: username, password } = await readShape(c, wire.LoginBody)
    return c.json(wire.opened(await login.login({ username, password }, openRequest(c))))
  })
  app.get('/sip/credentials', guard(), async (c) => {
    return c.json(wire.credentials(await credentials.of(c.var.actor)))
  })

  app.post('/sip/provisioning-links', guard(), async (c) => {
    const base = publicUrlFor(c, needs.place)
    const { ticket, expiresIn } = await links.sell(c.var.actor)
    const url = `${base}/sip/provisioning.xml?ticket=${ticket}`
    return c.json(as(wire.Link, { url, expires_in: expiresIn, qr: drawQr(url) }), 201)
  })
  app.get('/sip/provisioning.xml', async (c) => {
    // Hono answers HEAD with what GET does, and a look would use the ticket up.
    if (c.req.method === 'HEAD') return c.body(null, 405, { Allow: 'GET' })
    if (isLook(c)) return lookedAt(c)
    const sip = await links.redeem(c.req.query('ticket') ?? '')
    return c.body(linphoneConfig(sip), 200, { 'Content-Type': 'application/xml' })
  })
  return app
}

/** @throws {Refusal} `input_invalid`; its cause says what is wrong with each member */
async function readShape<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  const body = await readValue(c, USUAL).catch((err) => {
    if (!(err instanceof Refusal) || err.code !== 'input_invalid') throw err
    throw new Refusal('input_invalid', { cause: ofBody(err.message) })
  })
  const result = schema.safeParse(withoutNulls(schema, body))
  if (result.success) return result.data
  throw new Refusal('input_invalid', { cause: result.error })
}

const ofBody = (message: string) => new z.ZodError([{ code: 'custom', path: [], message, input: undefined }])

const openRequest = (c: Context) => ({
  surface: 'onboarding',
  address: addressOf(c),
  userAgent: c.req.header('user-agent') ?? '',
  clothing: wire.clothing,
  refreshBy: 'nothing' as const,
})
