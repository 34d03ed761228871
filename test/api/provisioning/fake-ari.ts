import type { PjsipFields } from '../../../api/provisioning/pjsip-objects.ts'
import { type FaultyHttp, type ServedOperation, startFaultyHttp } from '../../support/faulty-http.ts'

export const ARI = { username: 'hookswitch', password: 'ari-secret-of-the-test' }

export interface FakeAri extends FaultyHttp {
  /** Objects created at run time, by `type/id`. */
  readonly objects: Map<string, PjsipFields>
  /** Objects of pjsip.conf: readable, never changed. */
  readonly inFiles: Map<string, PjsipFields>
  /** All writes, in order. */
  readonly written: { object: string; fields: PjsipFields }[]
  /** Endpoints that were without a password at any moment. */
  readonly open: string[]
  /** Error that it answers to a write instead of writing. */
  rejectsWith: { status: number; message: string } | undefined
}

const PATH = /^\/ari\/asterisk\/config\/dynamic\/res_pjsip\/((auth|aor|endpoint|contact)\/[\w;@%-]+)$/

/** The configuration part of ARI, with recorded answers of Asterisk 22. */
export async function startAri(): Promise<FakeAri> {
  const objects = new Map<string, PjsipFields>()
  const inFiles = new Map<string, PjsipFields>()
  const written: FakeAri['written'] = []
  const open: string[] = []
  const errorReply = (status: number, message: string) => ({ status, json: { message } })
  const shown = (fields: PjsipFields) => ({
    status: 200,
    json: Object.entries(fields).flatMap(([attribute, value]) =>
      // One for each registration.
      (attribute === 'contact' ? value.split(',') : [value]).map((one) => ({ attribute, value: one })),
    ),
  })

  const http = await startFaultyHttp(({ method, path, authorization, body }): ServedOperation => {
    const [, object = '', type = ''] = PATH.exec(decodeURIComponent(path)) ?? []
    const operation = `${method} ${type}`
    const expired = errorReply(401, 'Authentication required')
    const login = `Basic ${Buffer.from(`${ARI.username}:${ARI.password}`).toString('base64')}`
    if (authorization !== login) return { operation, expired, perform: () => expired }
    const handlers: Record<string, () => ReturnType<ServedOperation['perform']>> = {
      GET() {
        const found = inFiles.get(object) ?? objects.get(object)
        return found ? shown(found) : errorReply(404, `Object with id '${object.split('/')[1]}' not found`)
      },
      PUT() {
        if (ari.rejectsWith !== undefined) return errorReply(ari.rejectsWith.status, ari.rejectsWith.message)
        if (inFiles.has(object)) return errorReply(403, `Cannot update sorcery objects of type '${type}'`)
        const { fields: pairs } = JSON.parse(body) as { fields: { attribute: string; value: string }[] }
        const fields = Object.fromEntries(pairs.map(({ attribute, value }) => [attribute, value]))
        written.push({ object, fields })
        const whole = { ...objects.get(object), ...fields }
        objects.set(object, whole)
        return shown(whole)
      },
      DELETE() {
        if (inFiles.has(object)) return errorReply(403, `Could not delete object with id '${object}'`)
        return objects.delete(object)
          ? { status: 204, json: {} }
          : errorReply(404, 'Object with id not found')
      },
    }
    const perform = () => {
      const reply = (handlers[method] ?? (() => errorReply(405, 'Invalid method')))()
      for (const one of objects.keys()) {
        const [kind, id] = one.split('/')
        if (kind === 'endpoint' && objects.get(`auth/${id}`)?.password === undefined) open.push(one)
      }
      return reply
    }
    const falseReply = method === 'GET' ? undefined : { status: method === 'PUT' ? 200 : 204, json: [] }
    return { operation, expired, perform, ...(falseReply && { falseReply }) }
  })
  const ari: FakeAri = Object.assign(http, { objects, inFiles, written, open, rejectsWith: undefined })
  return ari
}
