import { z } from 'zod'
import type { SipCredentials } from '../../core/onboarding/credentials.ts'
import type { Registered } from '../../core/onboarding/registration.ts'
import type { Clothing, Opened } from '../../core/sessions.ts'

/** Where this surface's paths begin. */
export const PREFIXES = ['/auth', '/sip']

export const RegisterBody = z.object({
  email: z.email('an email address is like name@example.org').max(254),
  password: z.string().min(8, 'a password has 8 characters or more').max(1024),
  invitation: z.string().max(128).optional(),
})
/** Whoever has no address here, as an admin of the command line, logs in by name. */
export const LoginBody = z.object({
  email: z.string().min(1).max(254),
  password: z.string().min(1).max(1024),
})

/** The document's token promises nothing beyond what every token says. */
export const clothing: Clothing = () => ({})

export const registered = ({ user, extension, isReady }: Registered) => ({
  id: Number(user.id),
  email: user.email,
  sip_extension: extension,
  /** False while the PBX is still making the extension. */
  is_active: isReady,
  created_at: new Date(user.createdAt * 1000).toISOString().replace('.000Z', 'Z'),
})

export const opened = ({ accessToken, expiresIn }: Opened) => ({
  access_token: accessToken,
  token_type: 'bearer',
  expires_in: expiresIn,
})

export const credentials = (sip: SipCredentials) => ({
  username: sip.username,
  password: sip.password,
  domain: sip.domain,
  port: sip.port,
  transport: sip.transport,
  display_name: sip.displayName,
  auth_username: sip.authUsername,
})
