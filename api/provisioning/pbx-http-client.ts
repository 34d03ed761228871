import { Agent } from 'undici'
import type { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { unauthorizedError, unreachableError } from './provisioning-errors.ts'

export interface PbxHttpSettings {
  /** `https://pbx.example.com`, optionally with a path prefix. */
  baseUrl: string
  /** PEM of the certificate authority, if the system does not trust it. */
  ca?: string | undefined
  /** Accepts any certificate: a man in the middle can then read every secret. */
  allowSelfSigned?: boolean | undefined
  /** Credentials of HTTP Basic authentication for every request. */
  basic?: { username: string; password: string } | undefined
}

export interface PbxRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  token?: string
  json?: unknown
  form?: Record<string, string>
  /** Aborts the whole operation; each request also has a shorter timeout. */
  signal?: AbortSignal
}

export interface PbxResponse {
  status: number
  /** Undefined if the body is not JSON. */
  json: unknown
}

export interface PbxHttpClient {
  /** @throws {ProvisioningError} `unreachable` without a complete answer in time, `unauthorized` without such an API */
  send(request: PbxRequest): Promise<PbxResponse>
  close(): Promise<void>
}

/** A list of 10 000 extensions has about 2 MiB. */
const MAX_BYTES = 8 * 1024 * 1024
const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

/** HTTP client of one PBX with timeouts and a size limit for answers; it follows no redirects. */
export function createPbxHttpClient(
  { baseUrl, ca, allowSelfSigned, basic }: PbxHttpSettings,
  requestMs: number,
): PbxHttpClient {
  const base = new URL(baseUrl)
  const prefix = base.pathname.replace(/\/+$/, '')
  const login = basic && `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`
  const agent = new Agent({
    connections: 4,
    headersTimeout: requestMs,
    bodyTimeout: requestMs,
    connect: {
      timeout: requestMs,
      rejectUnauthorized: allowSelfSigned !== true,
      ...(ca === undefined ? {} : { ca }),
    },
  })

  async function exchange({ method, path, token, json, form, signal }: PbxRequest): Promise<PbxResponse> {
    const body = form !== undefined ? new URLSearchParams(form).toString() : toJson(json)
    const timeout = AbortSignal.timeout(requestMs)
    const response = await agent.request({
      origin: base.origin,
      path: `${prefix}${path}`,
      method,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      headers: {
        Accept: JSON_TYPE,
        ...(login === undefined ? {} : { Authorization: login }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === null ? {} : { 'Content-Type': form === undefined ? JSON_TYPE : FORM_TYPE }),
      },
      body,
    })
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of response.body) {
      bytes += chunk.length
      // Throwing out of the loop closes the connection.
      if (bytes > MAX_BYTES) throw new Error('the answer is too long')
      chunks.push(chunk)
    }
    return { status: response.statusCode, json: parseJson(Buffer.concat(chunks).toString('utf8')) }
  }

  return {
    async send(request) {
      const answer = await exchange(request).catch((err): never => {
        throw toProvisioningError(err)
      })
      const { status, json } = answer
      if (status >= 500 || status === 429 || status === 408)
        throw unreachableError(`the PBX answered ${status}`)
      if (json !== undefined || status === 204 || status === 401 || status === 403) return answer
      if (status === 404 || (status >= 300 && status < 400)) {
        throw unauthorizedError(`there is no API at the address of the PBX (it answered ${status})`)
      }
      throw unreachableError(`the PBX answered ${status} with something that is not JSON`)
    },
    close: () => agent.destroy(),
  }
}

/** Error codes of OpenSSL and Node for a certificate that is not trusted. */
const UNTRUSTED_CERTIFICATE = /CERT|SIGNATURE|ISSUER|SELF_SIGNED/

function toProvisioningError(err: unknown): ProvisioningError {
  const { code } = err as { code?: unknown } // any thrown object may be read like this
  if (typeof code === 'string' && UNTRUSTED_CERTIFICATE.test(code)) {
    return unauthorizedError(`the certificate of the PBX is not trusted (${code})`, err)
  }
  return unreachableError('the PBX cannot be reached or is too slow', err)
}

const toJson = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
