import { z } from 'zod'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import {
  createPbxHttpClient,
  type PbxHttpSettings,
  type PbxRequest,
  type PbxResponse,
} from './pbx-http-client.ts'
import { type PjsipFields, type PjsipObjectType, takenError } from './pjsip-objects.ts'
import { unauthorizedError, unreachableError } from './provisioning-errors.ts'
import { retryOnce } from './retry.ts'
import { sanitizeMessage } from './sanitize-message.ts'
import type { PbxTimeouts } from './timeouts.ts'

export interface AriAccess extends PbxHttpSettings {
  /** User of ari.conf, without `read_only`. */
  username: string
  password: string
}

/** Dynamic objects of res_pjsip, which need no reload. All throw {ProvisioningError}. */
export interface AriClient {
  /** @returns the fields, for an auth its password included; undefined without such an object */
  read(type: PjsipObjectType, id: string, signal: AbortSignal): Promise<PjsipFields | undefined>
  /** Creates the object or changes these fields. @throws {ProvisioningError} `taken` if a file defines it */
  write(type: PjsipObjectType, id: string, fields: PjsipFields, signal: AbortSignal): Promise<void>
  /** A missing object is not an error. A `contact` is a registration of a phone. */
  remove(type: PjsipObjectType | 'contact', id: string, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

const Attributes = z.array(z.object({ attribute: z.string(), value: z.string() }))
const ErrorBody = z.object({ message: z.string() })

/** Answers of Asterisk repeat the whole object with its password, so no body becomes part of an error message. */
export function createAriClient(
  { username, password, ...settings }: AriAccess,
  { requestMs, pauseMs }: Pick<PbxTimeouts, 'requestMs' | 'pauseMs'>,
): AriClient {
  const http = createPbxHttpClient({ ...settings, basic: { username, password } }, requestMs)
  const pathOf = (type: PjsipObjectType | 'contact', id: string) =>
    `/ari/asterisk/config/dynamic/res_pjsip/${type}/${encodeURIComponent(id)}`

  /** @returns the answer and its error reason, without `secrets` */
  async function request(
    spec: PbxRequest & { signal: AbortSignal },
    secrets: readonly string[] = [],
  ): Promise<PbxResponse & { reason: string }> {
    // All requests of this client are idempotent.
    const answer = await retryOnce(pauseMs, spec.signal, () => http.send(spec))
    if (answer.status === 401) throw unauthorizedError('Asterisk does not take the user and password of ARI')
    const body = ErrorBody.safeParse(answer.json)
    return {
      ...answer,
      reason: sanitizeMessage(body.success ? body.data.message : undefined, [password, ...secrets]),
    }
  }

  function refusal({ status, reason }: { status: number; reason: string }): ProvisioningError {
    if (/write access denied/i.test(reason)) return unauthorizedError('the user of ARI is read_only')
    // An object that a file defines cannot be changed.
    if (status === 403 && /cannot update|could not delete/i.test(reason)) return takenError()
    if (status === 403) return unauthorizedError(`sorcery.conf does not allow objects at run time: ${reason}`)
    if (status === 404) return unauthorizedError(`Asterisk runs without res_pjsip: ${reason}`)
    return new ProvisioningError('refused', `Asterisk does not take the extension (${status}): ${reason}`)
  }

  return {
    async read(type, id, signal) {
      const answer = await request({ method: 'GET', path: pathOf(type, id), signal })
      if (answer.status === 404 && /^object with id /i.test(answer.reason)) return undefined
      if (answer.status !== 200) throw refusal(answer)
      const attributes = Attributes.safeParse(answer.json)
      // Without the cause, which may hold the password.
      if (!attributes.success) throw unreachableError('Asterisk returned an object in an unknown format')
      const fields: Record<string, string> = {}
      for (const { attribute, value } of attributes.data) {
        // An aor has one `contact` for each registration.
        fields[attribute] = attribute in fields ? `${fields[attribute]},${value}` : value
      }
      return fields
    },
    async write(type, id, fields, signal) {
      const json = { fields: Object.entries(fields).map(([attribute, value]) => ({ attribute, value })) }
      const answer = await request({ method: 'PUT', path: pathOf(type, id), json, signal }, [
        fields.password ?? '',
      ])
      if (answer.status !== 200) throw refusal(answer)
    },
    async remove(type, id, signal) {
      const answer = await request({ method: 'DELETE', path: pathOf(type, id), signal })
      if (answer.status !== 204 && answer.status !== 404) throw refusal(answer)
    },
    close: () => http.close(),
  }
}
