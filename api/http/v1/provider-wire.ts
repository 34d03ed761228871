import { z } from '@hono/zod-openapi'
import type { SignInFailureReason } from '../../core/auth/providers/identity-provider.ts'
import { PROVIDER_ID } from '../../core/auth/providers/provider-id.ts'

export const ProviderParams = z.object({
  providerId: z.string().regex(PROVIDER_ID, 'must be the id of a provider').openapi({ example: 'corp' }),
})
export const StartQuery = z.object({
  return_to: z.string().max(512).default('/console/').openapi({
    description: 'A path of the console, which opens after the sign-in',
    example: '/console/history',
  }),
})
/** What a provider adds to the redirect URI. Other members are ignored. */
export const CallbackQuery = z.object({
  state: z.string().optional(),
  code: z.string().optional(),
  error: z.string().optional(),
  iss: z.string().optional(),
})
export const LogoutBody = z
  .object({ logout_token: z.string().min(1).max(16_384).openapi({ description: 'A compact JWT' }) })
  .openapi('BackChannelLogout', { example: { logout_token: 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln' } })
export const OAuthErrorJson = z
  .object({ error: z.string(), error_description: z.string().optional() })
  .openapi('OAuthError')

const SIGNED_IN_PAGE = '/console/signed-in'
/** Behind `#`, which browsers send to no server: the ticket is in no log and no `Referer`. */
export const signedInUrl = (about: { ticket: string; returnTo: string }): string =>
  `${SIGNED_IN_PAGE}#${new URLSearchParams({ ticket: about.ticket, return_to: about.returnTo })}`
export const failedUrl = (reason: SignInFailureReason): string =>
  `${SIGNED_IN_PAGE}#${new URLSearchParams({ error: reason })}`
