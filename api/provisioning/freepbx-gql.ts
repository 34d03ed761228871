import { z } from 'zod'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { createAccessToken } from './access-token.ts'
import { createPbxHttpClient, type PbxHttpSettings, unreachableError } from './pbx-http-client.ts'
import { sanitizeMessage } from './sanitize-message.ts'

export interface FreepbxAccess extends PbxHttpSettings {
  /** Of a machine-to-machine application, in Connectivity > API. */
  clientId: string
  clientSecret: string
}

export interface FreepbxGql {
  /**
   * @param query one mutation or one query: FreePBX looks for failure in the first member of its answer only
   * @returns what was asked for, or the reason FreePBX gave for saying no
   * @throws {ProvisioningError} `away`, `denied`
   */
  request(
    query: string,
    variables: object,
    signal: AbortSignal,
  ): Promise<{ data: unknown } | { reason: string }>
  close(): Promise<void>
}

/**
 * The least that works. Its readers and writers of extensions ask for the whole of `core`; reloading is seen
 * by who may read `framework`, and so is the installing of modules: these credentials are worth root.
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
    throw denied(
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
      // Revoked, or its clock differs from ours. Nothing was done: it may be asked again.
      if (status === 401) ({ status, json } = await requestOnce(query, variables, signal))
      if (status === 401 || status === 403) throw denied(`FreePBX refuses its own token (${status})`)
      const failure = Failure.safeParse(json)
      if (failure.success) {
        const reason = sanitizeMessage(failure.data.errors[0]?.message, [access.clientSecret])
        // It hides what a token may not do.
        if (/cannot query field|not configured for mutations/i.test(reason)) {
          throw denied(`the API application needs the scopes ${SCOPE}: ${reason}`)
        }
        return { reason }
      }
      const success = Success.safeParse(json)
      if (status === 200 && success.success) return { data: success.data.data }
      if (status === 404) throw denied('there is no GraphQL API at the address of FreePBX')
      throw unreachableError(`FreePBX answered ${status} with neither data nor a reason`)
    },
    close: () => http.close(),
  }
}

const denied = (message: string) => new ProvisioningError('unauthorized', message)
