import { z } from '@hono/zod-openapi'
import { NewPassword } from '../../core/auth/password.ts'
import type { ExtraClaims, OpenedSession } from '../../core/auth/sessions.ts'
import type { UserWithExtension } from '../../core/provisioning/new-extensions.ts'
import type { SipCredentials } from '../../core/provisioning/sip-credentials.ts'
import { Email } from '../../core/values/email.ts'

/** Prefixes of this surface's paths. */
export const PREFIXES = ['/auth', '/sip']

export const RegisterBody = z.object({
  email: Email,
  password: NewPassword,
  invitation: z.string().max(128).optional(),
})
/** `email` may be a username: an admin created on the command line may have no address. */
export const LoginBody = z.object({
  email: z.string().min(1).max(254),
  password: z.string().min(1).max(1024),
})

/** The document's token has no claims beyond the core ones. */
export const extraClaims: ExtraClaims = () => ({})

export const AccountJson = z
  .object({
    id: z.number().int(),
    email: z.string().nullable(),
    sip_extension: z.string(),
    is_active: z.boolean().openapi({ description: 'False while the PBX is still making the extension' }),
    created_at: z.iso.datetime().openapi({ example: '2026-01-31T12:00:00Z' }),
  })
  .openapi('OnboardingAccount')
export const toAccountJson = ({
  user,
  extension,
  isReady,
}: UserWithExtension): z.infer<typeof AccountJson> => ({
  id: Number(user.id),
  email: user.email,
  sip_extension: extension,
  is_active: isReady,
  created_at: new Date(user.createdAt * 1000).toISOString().replace('.000Z', 'Z'),
})

export const LoginJson = z
  .object({
    access_token: z.string().openapi({ description: 'A compact JWT' }),
    token_type: z.literal('bearer'),
    expires_in: z.number().int().openapi({ description: 'Seconds' }),
  })
  .openapi('OnboardingLogin')
export const toLoginJson = ({ accessToken, expiresIn }: OpenedSession): z.infer<typeof LoginJson> => ({
  access_token: accessToken,
  token_type: 'bearer',
  expires_in: expiresIn,
})

export const SipCredentialsJson = z
  .object({
    username: z.string(),
    password: z.string(),
    domain: z.string(),
    port: z.number().int(),
    transport: z.string(),
    display_name: z.string(),
    auth_username: z.string(),
  })
  .openapi('SipCredentials')
export const toSipCredentialsJson = (sip: SipCredentials): z.infer<typeof SipCredentialsJson> => ({
  username: sip.username,
  password: sip.password,
  domain: sip.domain,
  port: sip.port,
  transport: sip.transport,
  display_name: sip.displayName,
  auth_username: sip.authUsername,
})

export const ProvisioningLinkJson = z
  .object({
    url: z.string().openapi({ description: 'For a phone to fetch, once' }),
    expires_in: z.number().int().openapi({ description: 'Seconds' }),
    qr: z.string().nullable().openapi({ description: 'The URL as a picture, in a data URI' }),
  })
  .openapi('ProvisioningLink')

/** FastAPI's errors: a text, or a list of invalid members. */
export const ErrorJson = z
  .object({
    detail: z.union([
      z.string(),
      z.array(
        z.object({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string(), type: z.string() }),
      ),
    ]),
  })
  .openapi('OnboardingError')
