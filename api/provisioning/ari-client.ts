import { z } from 'zod'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { type Answer, away, createHttp, type HttpSettings, type Question } from './pbx-http-client.ts'
import { type Fields, type ObjectType, taken } from './pjsip-objects.ts'
import { again } from './retry.ts'
import { saidBy } from './sanitize-message.ts'
import type { Limits } from './timeouts.ts'

export interface AriAccess extends HttpSettings {
  /** Of ari.conf; `read_only` will not do. */
  username: string
  password: string
}

/** Objects of res_pjsip, at once and without a reload. All throw {ProvisioningError}. */
export interface AriObjects {
  /** An auth shows its password. */
  read(type: ObjectType, id: string, signal: AbortSignal): Promise<Fields | undefined>
  /** Makes it or changes these of its fields. `taken` where it stands in a file, which goes before. */
  write(type: ObjectType, id: string, fields: Fields, signal: AbortSignal): Promise<void>
  /** One that is not there is no fault. A `contact` is a phone that is registered. */
  remove(type: ObjectType | 'contact', id: string, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

const Attributes = z.array(z.object({ attribute: z.string(), value: z.string() }))
const Said = z.object({ message: z.string() })

/** Every answer of Asterisk repeats the whole object, passwords too: no body is ever part of a message here. */
export function createAri(
  { username, password, ...settings }: AriAccess,
  { requestMs, pauseMs }: Pick<Limits, 'requestMs' | 'pauseMs'>,
): AriObjects {
  const http = createHttp({ ...settings, basic: { username, password } }, requestMs)
  const pathOf = (type: ObjectType | 'contact', id: string) =>
    `/ari/asterisk/config/dynamic/res_pjsip/${type}/${encodeURIComponent(id)}`

  /** @returns the answer and what it says against it, without `secrets` */
  async function ask(
    question: Question & { signal: AbortSignal },
    secrets: readonly string[] = [],
  ): Promise<Answer & { no: string }> {
    // Whatever is asked here may be asked twice.
    const answer = await again(pauseMs, question.signal, () => http.ask(question))
    if (answer.status === 401) throw denied('Asterisk does not take the user and password of ARI')
    const said = Said.safeParse(answer.json)
    return { ...answer, no: saidBy(said.success ? said.data.message : undefined, [password, ...secrets]) }
  }

  function refusal({ status, no }: { status: number; no: string }): ProvisioningError {
    if (/write access denied/i.test(no)) return denied('the user of ARI is read_only')
    // What stands in a file is there, and cannot be changed.
    if (status === 403 && /cannot update|could not delete/i.test(no)) return taken()
    if (status === 403) return denied(`sorcery.conf lets nothing be made at run time: ${no}`)
    if (status === 404) return denied(`Asterisk runs without res_pjsip: ${no}`)
    return new ProvisioningError('refused', `Asterisk does not take the extension (${status}): ${no}`)
  }

  return {
    async read(type, id, signal) {
      const answer = await ask({ method: 'GET', path: pathOf(type, id), signal })
      if (answer.status === 404 && /^object with id /i.test(answer.no)) return undefined
      if (answer.status !== 200) throw refusal(answer)
      const attributes = Attributes.safeParse(answer.json)
      // Without its cause, which may hold what was read.
      if (!attributes.success) throw away('Asterisk shows an object in a way that is not known')
      return Object.fromEntries(attributes.data.map(({ attribute, value }) => [attribute, value]))
    },
    async write(type, id, fields, signal) {
      const json = { fields: Object.entries(fields).map(([attribute, value]) => ({ attribute, value })) }
      const answer = await ask({ method: 'PUT', path: pathOf(type, id), json, signal }, [
        fields.password ?? '',
      ])
      if (answer.status !== 200) throw refusal(answer)
    },
    async remove(type, id, signal) {
      const answer = await ask({ method: 'DELETE', path: pathOf(type, id), signal })
      if (answer.status !== 204 && answer.status !== 404) throw refusal(answer)
    },
    close: () => http.close(),
  }
}

const denied = (message: string) => new ProvisioningError('denied', message)
