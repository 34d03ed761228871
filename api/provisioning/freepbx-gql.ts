import { z } from 'zod'
import { createAccessToken } from './access-token.ts'
import { createPbxHttpClient, type PbxHttpSettings } from './pbx-http-client.ts'
import { unauthorizedError, unreachableError } from './provisioning-errors.ts'
import { sanitizeMessage } from './sanitize-message.ts'

export interface FreepbxAccess extends PbxHttpSettings {
  /** Of a machine-to-machine application in Connectivity > API. */
  clientId: string
  clientSecret: string
}

export interface FreepbxGql {
  /**
   * @param query one mutation or one query: FreePBX reports failures of the first member only
   * @returns `data` of the answer, or the reason of FreePBX for an error
   * @throws {ProvisioningError} `unreachable`, `unauthorized`
   */
  request(
    query: string,
    variables: object,
    signal: AbortSignal,
  ): Promise<{ data: unknown } | { reason: string }>
  close(): Promise<void>
}

/**
 * The smallest set that works. Reading and writing extensions requires all of `core`. The state of a reload requires
 * `framework:read`, which includes installing modules: these credentials are as powerful as root.
 */
const SCOPE = 'gql:core:read gql:core:write gql:framework:read'

const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() })
const Failure = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) })
const Success = z.object({ data: z.record(z.string(), z.unknown()) })

/** The GraphQL API of FreePBX 16 and 17, behind OAuth2 client credentials. */
export function createFreepbxGql(access: FreepbxAccess, requestMs: number, now: () => number): FreepbxGql {
  const http = createPbxHttpClient(access, requestMs)
  const accessToken = createAccessToken({ fetch: fetchToken, now })

  async function fetchToken() {
    const { status, json } = await http.send({
      method: 'POST',
      path: '/admin/api/api/token',
      form: {
        grant_type: 'client_credentials',
        client_id: access.clientId,
        client_secret: access.clientSecret,
        scope: SCOPE,
      },
    })
    const token = Token.safeParse(json)
    if (status === 200 && token.success) {
      return { token: token.data.access_token, expiresIn: token.data.expires_in }
    }
    if (status < 400) throw unreachableError('FreePBX gave no token and no reason')
    const { error } = z
      .object({ error: z.string().catch('no reason') })
      .catch({ error: 'no reason' })
      .parse(json)
    throw unauthorizedError(
      `FreePBX does not take the client id and secret: ${sanitizeMessage(error, [access.clientSecret])}`,
    )
  }

  async function requestOnce(query: string, variables: object, signal: AbortSignal) {
    const token = await accessToken.get(signal)
    const answer = await http.send({
      method: 'POST',
      path: '/admin/api/api/gql',
      token,
      json: { query, variables },
      signal,
    })
    if (answer.status === 401) accessToken.invalidate(token)
    return answer
  }

  return {
    async request(query, variables, signal) {
      let { status, json } = await requestOnce(query, variables, signal)
      // The token is revoked or the clocks differ. Nothing was executed, so it is safe to repeat.
      if (status === 401) ({ status, json } = await requestOnce(query, variables, signal))
      if (status === 401 || status === 403)
        throw unauthorizedError(`FreePBX refuses its own token (${status})`)
      const failure = Failure.safeParse(json)
      if (failure.success) {
        const reason = sanitizeMessage(failure.data.errors[0]?.message, [access.clientSecret])
        // FreePBX hides operations outside the scopes of a token.
        if (/cannot query field|not configured for mutations/i.test(reason)) {
          throw unauthorizedError(`the API application needs the scopes ${SCOPE}: ${reason}`)
        }
        return { reason }
      }
      const success = Success.safeParse(json)
      if (status === 200 && success.success) return { data: success.data.data }
      if (status === 404) throw unauthorizedError('there is no GraphQL API at the address of FreePBX')
      throw unreachableError(`FreePBX answered ${status} with neither data nor a reason`)
    },
    close: () => http.close(),
  }
}
