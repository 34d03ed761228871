import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { NewFactorAnswer } from '../../core/auth/second-factor/factor-enrolment.ts'
import type { SignIn } from '../../core/auth/second-factor/sign-in.ts'
import { clientAddress } from '../errors.ts'
import type { Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { noAuth } from '../openapi.ts'
import * as wire from './factor-wire.ts'
import { PasskeyOptionsJson, toPasskeyOptionsJson } from './passkey-wire.ts'
import { commonProblems, json, jsonRequest, problem } from './responses.ts'

export interface SignInFactorRoutesNeeds {
  signIn: SignIn
  qrDataUri(text: string): string
}

const tags = ['sign-in']
const noStore = { 'Cache-Control': 'no-store' }
const base = { tags, security: noAuth, middleware: limitJsonBody }
const signedIn = json(wire.SessionTokenJson, 'A token that opens the session')
const noPasskeys = problem('This installation has no public URL at which browsers have passkeys')
const problems = {
  400: commonProblems[400],
  401: problem('It is wrong, or was used before'),
  403: problem('The password must be replaced first (`password_change_required`)'),
  404: problem('The challenge is unknown, used or expired: sign in again'),
  409: problem('The challenge permits something else: see `enrol`'),
  429: problem('Too many attempts: see Retry-After'),
  503: commonProblems[503],
}
const { 404: _, 409: __, ...problemsWithoutChallenge } = problems
const { 401: ___, 403: ____, ...problemsOfBeginning } = problems

/** The sign-in of a person: password, second factor, passkey. Each way ends with a session token. */
export function addSignInFactorRoutes(app: OpenAPIHono<Guarded>, needs: SignInFactorRoutesNeeds): void {
  const { signIn, qrDataUri } = needs

  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/sign-in/password',
      operationId: 'signInWithPassword',
      summary: 'Verify a password; where the account needs a second factor, get its challenge',
      description: 'App passwords are refused: with those, devices log in at the other surfaces.',
      request: { body: { required: true, ...jsonRequest(wire.SignInBody, 'Any name of the account') } },
      responses: {
        200: signedIn,
        ...problemsWithoutChallenge,
        403: {
          description: '`second_factor_required` with a challenge, or `password_change_required` without one',
          content: { 'application/problem+json': { schema: wire.ChallengedJson } },
        },
      },
    }),
    async (c) => {
      const { login: username, password } = c.req.valid('json')
      const outcome = await signIn.withPassword({ username, password }, clientAddress(c))
      if ('ticket' in outcome) return c.json({ session_token: outcome.ticket }, 200, noStore)
      const { challenge, methods, mustEnrol: enrol } = outcome
      const about = { type: 'about:blank', title: 'Forbidden', status: 403, code: 'second_factor_required' }
      return c.json({ ...about, challenge, methods, enrol }, 403, {
        ...noStore,
        'Content-Type': 'application/problem+json',
      })
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/sign-in/second-factor',
      operationId: 'signInWithSecondFactor',
      summary: 'Answer the challenge of a second factor: by a code, a recovery code or a passkey',
      request: { body: { required: true, ...jsonRequest(wire.SecondFactorBody, 'One answer') } },
      responses: { 200: signedIn, ...problems, 501: noPasskeys },
    }),
    async (c) => {
      const body = c.req.valid('json')
      const answer = wire.toFactorAnswer(body)
      const ticket = await signIn.withSecondFactor(body.challenge, answer, clientAddress(c))
      return c.json({ session_token: ticket }, 200, noStore)
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/sign-in/passkey/options',
      operationId: 'passkeySignInOptions',
      summary: 'Options for a passkey: as a second factor with a challenge, else as the whole sign-in',
      request: { body: { required: true, ...jsonRequest(wire.PasskeyOptionsBody, 'The challenge, if any') } },
      responses: { 200: json(PasskeyOptionsJson, 'The options'), ...problemsOfBeginning, 501: noPasskeys },
    }),
    async (c) => {
      const options = await signIn.passkeyOptions(c.req.valid('json').challenge, clientAddress(c))
      return c.json(toPasskeyOptionsJson(options), 200, noStore)
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/sign-in/passkey',
      operationId: 'signInWithPasskey',
      summary: 'Sign in with a passkey alone, without a username',
      request: { body: { required: true, ...jsonRequest(wire.PasskeySignInBody, 'The passkey’s answer') } },
      responses: { 200: signedIn, ...problemsWithoutChallenge, 501: noPasskeys },
    }),
    async (c) => {
      const ticket = await signIn.withPasskey(c.req.valid('json').passkey, clientAddress(c))
      return c.json({ session_token: ticket }, 200, noStore)
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/sign-in/enrolment/totp',
      operationId: 'beginTotpAtSignIn',
      summary: 'Begin to add an authenticator app, where the challenge has `enrol`',
      request: { body: { required: true, ...jsonRequest(wire.ChallengeBody, 'The challenge') } },
      responses: { 200: json(wire.TotpSetupJson, 'For the app'), ...problemsOfBeginning },
    }),
    async (c) => {
      const setup = await signIn.beginTotp(c.req.valid('json').challenge)
      return c.json({ ...setup, qr: qrDataUri(setup.uri) }, 200, noStore)
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/sign-in/enrolment/passkey',
      operationId: 'beginPasskeyAtSignIn',
      summary: 'Begin to add a passkey, where the challenge has `enrol`',
      request: { body: { required: true, ...jsonRequest(wire.ChallengeBody, 'The challenge') } },
      responses: { 200: json(PasskeyOptionsJson, 'The options'), ...problemsOfBeginning, 501: noPasskeys },
    }),
    async (c) => {
      const options = await signIn.beginPasskey(c.req.valid('json').challenge)
      return c.json(toPasskeyOptionsJson(options), 200, noStore)
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/sign-in/enrolment',
      operationId: 'enrolAtSignIn',
      summary: 'Complete the enrolment by its first code or by the new passkey, and sign in',
      request: { body: { required: true, ...jsonRequest(wire.EnrolBody, 'The first proof') } },
      responses: {
        200: json(wire.EnrolledJson, 'A token that opens the session, and recovery codes'),
        ...problems,
        501: noPasskeys,
      },
    }),
    async (c) => {
      const { challenge, code, passkey, name = 'Passkey' } = c.req.valid('json')
      const answer: NewFactorAnswer = passkey === undefined ? { code: code ?? '' } : { passkey, name }
      const { ticket, recoveryCodes } = await signIn.enrol(challenge, answer, clientAddress(c))
      return c.json({ session_token: ticket, recovery_codes: recoveryCodes ?? null }, 200, noStore)
    },
  )
}
