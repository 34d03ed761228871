import { z } from 'zod'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import {
  createPbxHttpClient,
  type PbxHttpSettings,
  type PbxRequest,
  type PbxResponse,
  unreachableError,
} from './pbx-http-client.ts'
import { type PjsipFields, type PjsipObjectType, takenError } from './pjsip-objects.ts'
import { retryOnce } from './retry.ts'
import { sanitizeMessage } from './sanitize-message.ts'
import type { PbxTimeouts } from './timeouts.ts'

export interface AriAccess extends PbxHttpSettings {
  /** Of ari.conf; `read_only` will not do. */
  username: string
  password: string
}

/** Objects of res_pjsip, at once and without a reload. All throw {ProvisioningError}. */
export interface AriClient {
  /** An auth shows its password. */
  read(type: PjsipObjectType, id: string, signal: AbortSignal): Promise<PjsipFields | undefined>
  /** Makes it or changes these of its fields. `taken` where it stands in a file, which goes before. */
  write(type: PjsipObjectType, id: string, fields: PjsipFields, signal: AbortSignal): Promise<void>
  /** One that is not there is no fault. A `contact` is a phone that is registered. */
  remove(type: PjsipObjectType | 'contact', id: string, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

const Attributes = z.array(z.object({ attribute: z.string(), value: z.string() }))
const ErrorBody = z.object({ message: z.string() })

/** Every answer of Asterisk repeats the whole object, passwords too: no body is ever part of a message here. */
export function createAriClient(
  { username, password, ...settings }: AriAccess,
  { requestMs, pauseMs }: Pick<PbxTimeouts, 'requestMs' | 'pauseMs'>,
): AriClient {
  const http = createPbxHttpClient({ ...settings, basic: { username, password } }, requestMs)
  const pathOf = (type: PjsipObjectType | 'contact', id: string) =>
    `/ari/asterisk/config/dynamic/res_pjsip/${type}/${encodeURIComponent(id)}`

  /** @returns the answer and what it says against it, without `secrets` */
  async function request(
    spec: PbxRequest & { signal: AbortSignal },
    secrets: readonly string[] = [],
  ): Promise<PbxResponse & { reason: string }> {
    // Whatever is asked here may be asked twice.
    const answer = await retryOnce(pauseMs, spec.signal, () => http.send(spec))
    if (answer.status === 401) throw denied('Asterisk does not take the user and password of ARI')
    const body = ErrorBody.safeParse(answer.json)
    return {
      ...answer,
      reason: sanitizeMessage(body.success ? body.data.message : undefined, [password, ...secrets]),
    }
  }

  function refusal({ status, reason }: { status: number; reason: string }): ProvisioningError {
    if (/write access denied/i.test(reason)) return denied('the user of ARI is read_only')
    // What stands in a file is there, and cannot be changed.
    if (status === 403 && /cannot update|could not delete/i.test(reason)) return takenError()
    if (status === 403) return denied(`sorcery.conf lets nothing be made at run time: ${reason}`)
    if (status === 404) return denied(`Asterisk runs without res_pjsip: ${reason}`)
    return new ProvisioningError('refused', `Asterisk does not take the extension (${status}): ${reason}`)
  }

  return {
    async read(type, id, signal) {
      const answer = await request({ method: 'GET', path: pathOf(type, id), signal })
      if (answer.status === 404 && /^object with id /i.test(answer.reason)) return undefined
      if (answer.status !== 200) throw refusal(answer)
      const attributes = Attributes.safeParse(answer.json)
      // Without its cause, which may hold what was read.
      if (!attributes.success) throw unreachableError('Asterisk shows an object in a way that is not known')
      return Object.fromEntries(attributes.data.map(({ attribute, value }) => [attribute, value]))
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

const denied = (message: string) => new ProvisioningError('unauthorized', message)
