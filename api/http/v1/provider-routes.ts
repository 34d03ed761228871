import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Logger } from '../../../runtime/log.ts'
import type { BackChannelLogout } from '../../core/auth/providers/back-channel-logout.ts'
import { SignInFailure } from '../../core/auth/providers/identity-provider.ts'
import { PENDING_TTL_S, type ProviderSignIn } from '../../core/auth/providers/provider-sign-in.ts'
import { Refusal } from '../../core/refusal.ts'
import { addRoute } from '../add-route.ts'
import { clientAddress, readBody } from '../errors.ts'
import type { Guarded } from '../guard.ts'
import { noAuth } from '../openapi.ts'
import { ensureSignInBrowser, signInBrowserOf } from '../sign-in-browser.ts'
import { PAGE_POLICY, providerAwayPage } from './provider-away-page.ts'
import * as wire from './provider-wire.ts'
import { json, problem } from './responses.ts'
import { PREFIX } from './wire.ts'

export interface ProviderRoutesNeeds {
  providerSignIn: ProviderSignIn
  backChannelLogout: BackChannelLogout
  /** Of the public URL: whether cookies can be those of HTTPS alone. */
  isHttps: boolean
  log: Logger
}

const tags = ['sign-in']
const redirect = (description: string) => ({
  description,
  headers: { Location: { schema: { type: 'string' as const } } },
})
const awayPage = {
  description: 'The provider or a store is away: a page that offers to try again',
  content: { 'text/html': { schema: { type: 'string' as const } } },
}

/** Sign-in through OpenID providers. Browsers open the first two addresses, the provider's server the third. */
export function addProviderRoutes(app: OpenAPIHono<Guarded>, needs: ProviderRoutesNeeds): void {
  const { providerSignIn, backChannelLogout, isHttps, log } = needs

  /** What is no decision about the person is a page with its status, and not a reason to sign in again. */
  function sendAway(c: Context, err: unknown, providerId: string): Response {
    log.warn(
      {
        event: 'provider_unavailable',
        provider: providerId,
        err: err instanceof Error ? (err.cause ?? err) : err,
      },
      'a sign-in through a provider could not be finished',
    )
    const again = `${PREFIX}/sign-in/providers/${providerId}/start`
    return c.html(providerAwayPage(c.req.header('accept-language') ?? '', again), 503, {
      'Retry-After': '5',
      'Content-Security-Policy': PAGE_POLICY,
    })
  }
  const isAway = (err: unknown) =>
    (err instanceof SignInFailure && err.reason === 'unavailable') ||
    (err instanceof Refusal && err.code === 'unavailable')

  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/sign-in/providers/{providerId}/start',
      operationId: 'startProviderSignIn',
      summary: 'Sign in through a provider: for browsers',
      tags,
      security: noAuth,
      request: { params: wire.ProviderParams, query: wire.StartQuery },
      responses: {
        303: redirect('To the page of the provider; a cookie binds the sign-in to this browser'),
        404: problem('No such provider'),
        429: problem('Too many attempts: see Retry-After'),
        503: awayPage,
      },
    }),
    async (c) => {
      const id = c.req.param('providerId') ?? ''
      try {
        const browser = ensureSignInBrowser(c, isHttps, PENDING_TTL_S + 60)
        const returnTo = c.req.query('return_to') ?? ''
        const client = { browser, address: clientAddress(c) }
        return c.redirect(await providerSignIn.start(id, client, returnTo), 303)
      } catch (err) {
        if (isAway(err)) return sendAway(c, err, id) as never // documented, with content that is no JSON
        throw err
      }
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/sign-in/providers/{providerId}/callback',
      operationId: 'finishProviderSignIn',
      summary: 'The redirect URI of a provider',
      description:
        'Leads to `/console/signed-in`, with `#ticket=` after a success, or `#error=`: `denied`, `expired`, `refused`, `not_allowed`, `taken` or `disabled`.',
      tags,
      security: noAuth,
      request: { params: wire.ProviderParams, query: wire.CallbackQuery },
      responses: {
        303: redirect('To the console'),
        404: problem('No such provider'),
        503: awayPage,
      },
    }),
    async (c) => {
      const id = c.req.param('providerId') ?? ''
      const client = { browser: signInBrowserOf(c, isHttps), address: clientAddress(c) }
      try {
        const query = new URL(c.req.url).searchParams
        return c.redirect(wire.signedInUrl(await providerSignIn.finish(id, client, query)), 303)
      } catch (err) {
        if (isAway(err)) return sendAway(c, err, id) as never // as above
        if (!(err instanceof SignInFailure)) throw err
        log.info(
          { event: 'provider_sign_in_failed', provider: id, reason: err.reason, detail: err.message },
          'a sign-in through a provider failed',
        )
        return c.redirect(wire.failedUrl(err.reason), 303)
      }
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/sign-in/providers/{providerId}/backchannel-logout',
      operationId: 'backChannelLogout',
      summary: 'A provider ends a session: for its server',
      description: 'OpenID Connect Back-Channel Logout 1.0. Ends the sessions that were opened through it.',
      tags,
      security: noAuth,
      request: {
        params: wire.ProviderParams,
        body: {
          required: true,
          content: { 'application/x-www-form-urlencoded': { schema: wire.LogoutBody } },
        },
      },
      responses: {
        200: { description: 'The sessions are over' },
        400: json(wire.OAuthErrorJson, 'The logout token is not valid, or was used'),
        404: problem('No such provider'),
        503: problem('The keys of the provider, or a store, are away'),
      },
    }),
    async (c) => {
      const id = c.req.param('providerId') ?? ''
      try {
        const { logout_token } = await readBody(c, wire.LogoutBody)
        const ended = await backChannelLogout.end(id, logout_token, clientAddress(c))
        log.info({ event: 'provider_logout', provider: id, ended }, 'a provider ended sessions')
        return c.body(null, 200)
      } catch (err) {
        const isRefused = err instanceof Refusal && ['token_invalid', 'input_invalid'].includes(err.code)
        if (!isRefused) throw err
        log.warn(
          { event: 'provider_logout_refused', provider: id, detail: err.detail },
          'a logout token was refused',
        )
        const error_description = err.detail ?? ''
        return c.json({ error: 'invalid_request', error_description }, 400)
      }
    },
  )
}
