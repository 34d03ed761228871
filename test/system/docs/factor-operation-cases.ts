import { randomUUID } from 'node:crypto'
import { HOTP, Secret } from 'otpauth'
import type { Stack } from '../../support/stack.ts'
import { createCaseSteps, V1 } from './case-steps.ts'
import { sendRequest } from './openapi-client.ts'
import type { OperationCase } from './operation-case.ts'

const PASSWORD = 'correct horse'

/** A valid request for each operation of second factors and app passwords. */
export function createFactorOperationCases(stack: Stack, hasPbx: boolean): Record<string, OperationCase> {
  const { user, at } = createCaseSteps(stack, hasPbx)

  const post = async (path: string, json: object, token?: string) => {
    const { body } = await sendRequest({
      method: 'POST',
      url: `${stack.url}${path}`,
      headers: {
        'Content-Type': 'application/json',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(json),
    })
    return body as Record<string, string> // the documented shape
  }
  /** A person of their own, as factors change how an account signs in. */
  async function person() {
    const username = `factor-${randomUUID()}`
    const { id = '' } = await post(`${V1}/users`, { username, password: PASSWORD }, await user('admin'))
    const login = await post('/api/login', { username, password: PASSWORD })
    return { id, username, token: login.token ?? '' }
  }
  const current = { current_password: PASSWORD }
  const codeOf = (secret = '') =>
    HOTP.generate({ secret: Secret.fromBase32(secret), counter: Math.floor(Date.now() / 30_000) })
  async function withApp() {
    const someone = await person()
    const { secret } = await post(`${V1}/me/totp`, current, someone.token)
    await post(`${V1}/me/totp/confirm`, { code: codeOf(secret) }, someone.token)
    return someone
  }
  const own = (status: number, path: string, json: object, make = person): OperationCase =>
    at(status, async (send) => send(`${V1}${path}`, { token: (await make()).token, json }))
  const challenge = '0'.repeat(64)
  const credential = { id: 'AAAA', rawId: 'AAAA', type: 'public-key', clientExtensionResults: {} }
  const assertion = {
    ...credential,
    response: { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' },
  }
  const attestation = { ...credential, response: { clientDataJSON: 'AAAA', attestationObject: 'AAAA' } }

  return {
    signInWithPassword: at(200, async (send) =>
      send(`${V1}/sign-in/password`, { json: { login: (await person()).username, password: PASSWORD } }),
    ),
    signInWithSecondFactor: at(404, (send) =>
      send(`${V1}/sign-in/second-factor`, { json: { challenge, code: '123456' } }),
    ),
    // This installation has no host name.
    passkeySignInOptions: at(501, (send) => send(`${V1}/sign-in/passkey/options`, { json: {} })),
    signInWithPasskey: at(501, (send) => send(`${V1}/sign-in/passkey`, { json: { passkey: assertion } })),
    beginTotpAtSignIn: at(404, (send) => send(`${V1}/sign-in/enrolment/totp`, { json: { challenge } })),
    beginPasskeyAtSignIn: at(404, (send) => send(`${V1}/sign-in/enrolment/passkey`, { json: { challenge } })),
    enrolAtSignIn: at(404, (send) =>
      send(`${V1}/sign-in/enrolment`, { json: { challenge, code: '123456' } }),
    ),
    mySecondFactors: at(200, async (send) =>
      send(`${V1}/me/second-factors`, { token: (await withApp()).token }),
    ),
    beginTotp: own(200, '/me/totp', current),
    confirmTotp: at(200, async (send) => {
      const { token } = await person()
      const { secret } = await post(`${V1}/me/totp`, current, token)
      return send(`${V1}/me/totp/confirm`, { token, json: { code: codeOf(secret) } })
    }),
    removeTotp: own(204, '/me/totp/remove', current, withApp),
    beginPasskey: own(501, '/me/passkeys/options', current),
    addPasskey: own(501, '/me/passkeys', { name: 'Key', passkey: attestation }),
    removePasskey: own(404, '/me/passkeys/AAAA/remove', current),
    replaceRecoveryCodes: own(200, '/me/recovery-codes', current, withApp),
    listAppPasswords: at(200, async (send) =>
      send(`${V1}/me/app-passwords`, { token: (await person()).token }),
    ),
    createAppPassword: own(201, '/me/app-passwords', { name: 'Phone', ...current }),
    revokeAppPassword: at(204, async (send) => {
      const { token } = await person()
      const { id } = await post(`${V1}/me/app-passwords`, { name: 'Phone', ...current }, token)
      return send(`${V1}/me/app-passwords/${id}`, { token })
    }),
    resetSecondFactorsOfUser: at(204, async (send) =>
      send(`${V1}/users/${(await person()).id}/second-factors`, { token: await user('admin') }),
    ),
  }
}
