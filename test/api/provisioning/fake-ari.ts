import type { Fields } from '../../../api/provisioning/pjsip-objects.ts'
import { type FaultyHttp, type Served, startFaultyHttp } from '../../support/faulty-http.ts'

export const ARI = { username: 'hookswitch', password: 'ari-secret-of-the-test' }

export interface FakeAri extends FaultyHttp {
  /** What was made at run time, by `type/id`. */
  readonly objects: Map<string, Fields>
  /** What stands in pjsip.conf: shown, and never changed. */
  readonly inFiles: Map<string, Fields>
  /** Everything that was written, in its order. */
  readonly written: { object: string; fields: Fields }[]
  /** Endpoints that anybody could have called from, if only for a moment. */
  readonly open: string[]
  /** What it says to whoever writes, instead of writing. */
  refuses: { status: number; message: string } | undefined
}

const PATH = /^\/ari\/asterisk\/config\/dynamic\/res_pjsip\/((auth|aor|endpoint|contact)\/[\w;@%-]+)$/

/** The part of ARI that configures, with the answers that Asterisk 22 gave. */
export async function startAri(): Promise<FakeAri> {
  const objects = new Map<string, Fields>()
  const inFiles = new Map<string, Fields>()
  const written: FakeAri['written'] = []
  const open: string[] = []
  const says = (status: number, message: string) => ({ status, json: { message } })
  const shown = (fields: Fields) => ({
    status: 200,
    json: Object.entries(fields).map(([attribute, value]) => ({ attribute, value })),
  })

  const http = await startFaultyHttp(({ method, path, authorization, body }): Served => {
    const [, object = '', type = ''] = PATH.exec(decodeURIComponent(path)) ?? []
    const operation = `${method} ${type}`
    const expired = says(401, 'Authentication required')
    const login = `Basic ${Buffer.from(`${ARI.username}:${ARI.password}`).toString('base64')}`
    if (authorization !== login) return { operation, expired, act: () => expired }
    const deeds: Record<string, () => ReturnType<Served['act']>> = {
      GET() {
        const found = inFiles.get(object) ?? objects.get(object)
        return found ? shown(found) : says(404, `Object with id '${object.split('/')[1]}' not found`)
      },
      PUT() {
        if (ari.refuses !== undefined) return says(ari.refuses.status, ari.refuses.message)
        if (inFiles.has(object)) return says(403, `Cannot update sorcery objects of type '${type}'`)
        const { fields: pairs } = JSON.parse(body) as { fields: { attribute: string; value: string }[] }
        const fields = Object.fromEntries(pairs.map(({ attribute, value }) => [attribute, value]))
        written.push({ object, fields })
        const whole = { ...objects.get(object), ...fields }
        objects.set(object, whole)
        return shown(whole)
      },
      DELETE() {
        if (inFiles.has(object)) return says(403, `Could not delete object with id '${object}'`)
        return objects.delete(object) ? { status: 204, json: {} } : says(404, 'Object with id not found')
      },
    }
    const act = () => {
      const reply = (deeds[method] ?? (() => says(405, 'Invalid method')))()
      for (const one of objects.keys()) {
        const [kind, id] = one.split('/')
        if (kind === 'endpoint' && objects.get(`auth/${id}`)?.password === undefined) open.push(one)
      }
      return reply
    }
    const lie = method === 'GET' ? undefined : { status: method === 'PUT' ? 200 : 204, json: [] }
    return { operation, expired, act, ...(lie && { lie }) }
  })
  const ari: FakeAri = Object.assign(http, { objects, inFiles, written, open, refuses: undefined })
  return ari
}
