import { z } from 'zod'
import { createAccessToken } from './access-token.ts'
import { createPbxHttpClient, type PbxHttpSettings } from './pbx-http-client.ts'
import { unauthorizedError, unreachableError } from './provisioning-errors.ts'
import { sanitizeMessage } from './sanitize-message.ts'

/** An account of the web interface, or an API key with access to `employees` and `extensions`. */
export type MikopbxAccess = PbxHttpSettings & ({ login: string; password: string } | { apiKey: string })

export interface MikopbxRequest {
  method: 'GET' | 'POST' | 'DELETE'
  /** Below `/pbxcore/api/v3/`. */
  path: string
  json?: object
}

export interface MikopbxApi {
  /**
   * @returns `data` of the answer, or the reason of MikoPBX for an error
   * @throws {ProvisioningError} `unreachable`, `unauthorized`
   */
  request(request: MikopbxRequest, signal: AbortSignal): Promise<{ data: unknown } | { reason: string }>
  close(): Promise<void>
}

const Envelope = z.object({
  result: z.boolean(),
  data: z.unknown(),
  // Without messages it is an empty list.
  messages: z.union([z.object({ error: z.array(z.unknown()).optional() }), z.array(z.unknown())]).optional(),
})
const LoggedIn = z.object({ accessToken: z.string().min(1), expiresIn: z.number().positive() })

/** REST v3 of MikoPBX. The member `result` shows success; the HTTP status does not. */
export function createMikopbxApi(access: MikopbxAccess, requestMs: number, now: () => number): MikopbxApi {
  const http = createPbxHttpClient(access, requestMs)
  const accessToken = createAccessToken({ fetch: logIn, now })
  const secrets = 'apiKey' in access ? [access.apiKey] : [access.password]

  async function logIn() {
    if ('apiKey' in access) return { token: access.apiKey, expiresIn: Number.POSITIVE_INFINITY }
    const { login, password } = access
    const { status, json } = await http.send({
      method: 'POST',
      path: '/pbxcore/api/v3/auth:login',
      json: { login, password },
    })
    const answer = Envelope.safeParse(json)
    const session = LoggedIn.safeParse(answer.data?.data)
    if (answer.data?.result === true && session.success) {
      return { token: session.data.accessToken, expiresIn: session.data.expiresIn }
    }
    if (status < 400) throw unreachableError('MikoPBX rejected the login without a reason')
    throw unauthorizedError(`MikoPBX does not take our login and password: ${errorReason(answer.data)}`)
  }

  const errorReason = (
    answer: z.output<typeof Envelope> | undefined,
    more: readonly string[] = [],
  ): string => {
    const { messages } = answer ?? {}
    const errors = messages === undefined || Array.isArray(messages) ? [] : (messages.error ?? [])
    return sanitizeMessage(errors.length === 0 ? undefined : errors.join('; '), [...secrets, ...more])
  }

  async function requestOnce(request: MikopbxRequest, signal: AbortSignal) {
    const token = await accessToken.get(signal)
    const answer = await http.send({ ...request, path: `/pbxcore/api/v3/${request.path}`, token, signal })
    if (answer.status === 401) accessToken.invalidate(token)
    return answer
  }

  return {
    async request(request, signal) {
      let { status, json } = await requestOnce(request, signal)
      // Tokens live for minutes. Nothing was executed, so it is safe to repeat.
      if (status === 401) ({ status, json } = await requestOnce(request, signal))
      const answer = Envelope.safeParse(json).data
      if (status === 401 || status === 403) {
        throw unauthorizedError(`MikoPBX does not let us do this (${status}): ${errorReason(answer)}`)
      }
      if (answer === undefined)
        throw unreachableError(`MikoPBX answered ${status} with neither data nor a reason`)
      if (answer.result) return { data: answer.data }
      return { reason: errorReason(answer, secretsOf(request.json)) }
    },
    close: () => http.close(),
  }
}

/** An error message may repeat the rejected value. */
const secretsOf = (json: object | undefined): string[] =>
  json !== undefined && 'sip_secret' in json ? [String(json.sip_secret)] : []
