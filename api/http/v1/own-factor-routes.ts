import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { OwnAppPasswords } from '../../core/auth/second-factor/app-passwords.ts'
import type { OwnedBy } from '../../core/auth/second-factor/factor-owner.ts'
import type { OwnFactors } from '../../core/auth/second-factor/own-factors.ts'
import { clientAddress, errorText } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import * as wire from './factor-wire.ts'
import { PasskeyOptionsJson, toPasskeyOptionsJson } from './passkey-wire.ts'
import { commonProblems, json, jsonRequest, problem, security } from './responses.ts'

export interface OwnFactorRoutesNeeds {
  guard: Guard
  ownFactors: OwnFactors
  appPasswords: OwnAppPasswords
  isPasskeyOffered: boolean
  qrDataUri(text: string): string
}

const tags = ['sign-in security']
const noStore = { 'Cache-Control': 'no-store' }
const problems = {
  ...commonProblems,
  403: problem(
    '`current_password` or the code is wrong (`credentials_wrong`), or an app password opened the session (`forbidden`)',
  ),
  409: problem('The state of the account does not allow it: see `detail`'),
  429: problem('Too many attempts: see Retry-After'),
}
const notFound = problem('I have no such one')
const newCodes = json(wire.NewRecoveryCodesJson, 'It counts from now on')
const currentPassword = {
  body: { required: true, ...jsonRequest(wire.CurrentPasswordBody, 'The password that I have') },
}

/** A user's own second factors and app passwords. */
export function addOwnFactorRoutes(app: OpenAPIHono<Guarded>, needs: OwnFactorRoutesNeeds): void {
  const { guard, ownFactors, appPasswords, isPasskeyOffered, qrDataUri } = needs
  const signedIn = guard()
  // A 401 would mean that the token is not valid, and clients sign out.
  const withPassword = guard({ errorOverrides: { credentials_wrong: errorText(403, 'Forbidden') } })
  const base = { tags, security, middleware: [withPassword, limitJsonBody] }
  const byOf = (c: Context<Guarded>): OwnedBy => ({ actor: c.var.actor, address: clientAddress(c) })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/me/second-factors',
      operationId: 'mySecondFactors',
      summary: 'My second factors',
      tags,
      security,
      middleware: signedIn,
      responses: { 200: json(wire.OwnFactorsJson, 'My second factors'), ...commonProblems },
    }),
    async (c) => {
      const list = await ownFactors.list(c.var.actor.userId)
      return c.json(wire.toOwnFactorsJson(list, isPasskeyOffered), 200)
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/me/totp',
      operationId: 'beginTotp',
      summary: 'Begin to add an authenticator app; it counts once a code confirms it',
      request: currentPassword,
      responses: { 200: json(wire.TotpSetupJson, 'For the app'), ...problems },
    }),
    async (c) => {
      const setup = await ownFactors.beginTotp(byOf(c), c.req.valid('json').current_password)
      return c.json({ ...setup, qr: qrDataUri(setup.uri) }, 200, noStore)
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/me/totp/confirm',
      operationId: 'confirmTotp',
      summary: 'Confirm the authenticator app by its first code',
      request: { body: { required: true, ...jsonRequest(wire.TotpCodeBody, 'The code') } },
      responses: { 200: newCodes, ...problems },
    }),
    async (c) => {
      const codes = await ownFactors.confirmTotp(byOf(c), c.req.valid('json').code)
      return c.json({ recovery_codes: codes ?? null }, 200, noStore)
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/me/totp/remove',
      operationId: 'removeTotp',
      summary: 'Remove the authenticator app',
      request: currentPassword,
      responses: { 204: { description: 'It is removed' }, ...problems, 404: notFound },
    }),
    async (c) => {
      await ownFactors.removeTotp(byOf(c), c.req.valid('json').current_password)
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/me/passkeys/options',
      operationId: 'beginPasskey',
      summary: 'Begin to add a passkey',
      request: currentPassword,
      responses: {
        200: json(PasskeyOptionsJson, 'The options'),
        ...problems,
        501: problem('This installation has no public URL at which browsers have passkeys'),
      },
    }),
    async (c) => {
      const options = await ownFactors.beginPasskey(byOf(c), c.req.valid('json').current_password)
      return c.json(toPasskeyOptionsJson(options), 200, noStore)
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/me/passkeys',
      operationId: 'addPasskey',
      summary: 'Add the passkey that the options were for',
      request: { body: { required: true, ...jsonRequest(wire.NewPasskeyBody, 'The passkey and its name') } },
      responses: { 200: newCodes, ...problems, 501: problem('No passkeys here') },
    }),
    async (c) => {
      const { passkey, name } = c.req.valid('json')
      const codes = await ownFactors.addPasskey(byOf(c), passkey, name)
      return c.json({ recovery_codes: codes ?? null }, 200, noStore)
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/me/passkeys/{passkeyId}/remove',
      operationId: 'removePasskey',
      summary: 'Remove a passkey',
      request: { params: wire.PasskeyParams, ...currentPassword },
      responses: { 204: { description: 'It is removed' }, ...problems, 404: notFound },
    }),
    async (c) => {
      const { passkeyId } = c.req.valid('param')
      await ownFactors.removePasskey(byOf(c), passkeyId, c.req.valid('json').current_password)
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/me/recovery-codes',
      operationId: 'replaceRecoveryCodes',
      summary: 'Make new recovery codes; the old ones end',
      request: currentPassword,
      responses: { 200: json(wire.NewRecoveryCodesJson, 'The new codes'), ...problems },
    }),
    async (c) => {
      const codes = await ownFactors.replaceRecoveryCodes(byOf(c), c.req.valid('json').current_password)
      return c.json({ recovery_codes: codes }, 200, noStore)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/me/app-passwords',
      operationId: 'listAppPasswords',
      summary: 'My app passwords, the newest first: at most 50',
      tags,
      security,
      middleware: signedIn,
      responses: { 200: json(wire.AppPasswordListJson, 'All of them'), ...commonProblems },
    }),
    async (c) => {
      const list = await appPasswords.list(c.var.actor.userId)
      return c.json({ app_passwords: list.map(wire.toAppPasswordJson) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...base,
      method: 'post',
      path: '/me/app-passwords',
      operationId: 'createAppPassword',
      summary: 'Make a password for one device, which needs no second factor',
      description:
        'A session that it opens has no rights of an administrator, and cannot change passwords, factors or app passwords.',
      request: {
        body: { required: true, ...jsonRequest(wire.NewAppPasswordBody, 'The device, and my password') },
      },
      responses: { 201: json(wire.CreatedAppPasswordJson, 'With the password'), ...problems },
    }),
    async (c) => {
      const { name, current_password: current } = c.req.valid('json')
      const { password, ...created } = await appPasswords.create(byOf(c), name, current)
      return c.json({ ...wire.toAppPasswordJson(created), password }, 201, noStore)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/me/app-passwords/{appPasswordId}',
      operationId: 'revokeAppPassword',
      summary: 'Revoke an app password; the sessions that it opened end at once',
      tags,
      security,
      middleware: signedIn,
      request: { params: wire.AppPasswordParams },
      responses: {
        204: { description: 'It is revoked' },
        ...commonProblems,
        404: notFound,
      },
    }),
    async (c) => {
      await appPasswords.revoke(byOf(c), c.req.valid('param').appPasswordId)
      return c.body(null, 204)
    },
  )
}
