import { randomBytes } from 'node:crypto'
import type { TlsOptions } from 'node:tls'
import {
  type FaultyHttp,
  type ReceivedRequest,
  type ServedOperation,
  type ServedReply,
  startFaultyHttp,
} from './faulty-http.ts'

export interface FakeFreepbx extends FaultyHttp {
  readonly extensions: Map<string, { name: string; email: string; secret: string; isApplied: boolean }>
  /** How often an extension was created, whether or not the caller got an answer. */
  readonly created: string[]
  /** How many looks at a reload find it under way yet. */
  reloadPolls: number
  /** How the next reloads end; `Executed` after these. */
  readonly reloadResults: string[]
  /** Why the next extensions are not made. */
  readonly refusals: string[]
  /** Refuses the client from now on. */
  rejectsClient: boolean
  /** What its tokens may not see: members of queries and mutations. */
  readonly hidden: Set<string>
  /** How many extensions its list leaves out, though it counts them. */
  unlisted: number
}

export const OAUTH_CLIENT = { clientId: 'client-1', clientSecret: 'client-secret-of-hookswitch' }

const MUTATIONS = ['addExtension', 'deleteExtension', 'doreload']
const MEMBERS = [...MUTATIONS, 'fetchAllExtensions', 'fetchExtension', 'fetchApiStatus']

/** Answers as FreePBX 16 and 17 do about extensions, by their sources. */
export async function startFakeFreepbx(tls?: TlsOptions): Promise<FakeFreepbx> {
  const tokens = new Set<string>()
  const reloads = new Map<string, { looks: number; end: string }>()

  const errorReply = (message: string): ServedReply => ({
    status: 400,
    json: { errors: [{ message, status: false }] },
  })
  const successReply = (member: string, fields: object): ServedReply => ({
    status: 200,
    json: { data: { [member]: { status: true, ...fields } } },
  })

  function issueToken(body: string): ServedReply {
    const form = new URLSearchParams(body)
    const isKnown =
      !pbx.rejectsClient &&
      form.get('client_id') === OAUTH_CLIENT.clientId &&
      form.get('client_secret') === OAUTH_CLIENT.clientSecret
    if (!isKnown) {
      return {
        status: 401,
        json: {
          error: 'invalid_client',
          error_description: 'Client authentication failed',
          message: 'Client',
        },
      }
    }
    if (form.get('grant_type') !== 'client_credentials') {
      return { status: 400, json: { error: 'unsupported_grant_type' } }
    }
    const token = `eyJ${randomBytes(12).toString('hex')}.eyJ1.sig`
    tokens.add(token)
    return { status: 200, json: { token_type: 'Bearer', expires_in: 3600, access_token: token } }
  }

  const ADDED = successReply('addExtension', { message: 'Extension has been created Successfully' })

  function add(input: Record<string, unknown>): ServedReply {
    const number = String(input.extensionId)
    const refusal = pbx.refusals.shift()
    if (refusal !== undefined) return errorReply(refusal)
    if (typeof input.name !== 'string')
      return errorReply('Field addExtensionInput.name of required type String! was not provided.')
    // Both are on where they are left out.
    if (input.umEnable !== false && input.umPassword === undefined) {
      return errorReply('User management is enabled please provide password')
    }
    if (!/^\d+$/.test(number)) return errorReply('Please enter only numeric values')
    if (pbx.extensions.has(number)) return errorReply('This device id is already in use')
    pbx.extensions.set(number, {
      name: input.name.trim().slice(0, 50),
      email: String(input.email),
      secret: randomBytes(16).toString('hex'),
      isApplied: false,
    })
    pbx.created.push(number)
    return ADDED
  }

  function fetchOne(number: string): ServedReply {
    const one = pbx.extensions.get(number)
    if (one === undefined) return errorReply('Extension does not exists')
    return successReply('fetchExtension', {
      message: 'Extension found successfully',
      extensionId: number,
      user: { extension: number, name: one.name, extPassword: one.secret || null },
      coreDevice: { description: one.name },
    })
  }

  /** Without extensions FreePBX answers with an error. */
  function fetchAll(): ServedReply {
    const all = [...pbx.extensions].map(([number, { name }]) => ({
      extensionId: number,
      user: { extension: number, name },
      coreDevice: { description: name },
    }))
    if (all.length === 0) return errorReply('Sorry unable to find the extensions')
    return successReply('fetchAllExtensions', {
      message: 'Extension found successfully',
      totalCount: all.length,
      extension: all.slice(pbx.unlisted),
    })
  }

  function reload(): ServedReply {
    const id = String(reloads.size + 1)
    reloads.set(id, { looks: pbx.reloadPolls, end: pbx.reloadResults.shift() ?? 'Executed' })
    return successReply('doreload', { message: 'Doreload has been initiated', transaction_id: id })
  }

  function statusOf(id: string): ServedReply {
    const one = reloads.get(id)
    if (one === undefined)
      return successReply('fetchApiStatus', { message: 'Sorry unable to fetch the status' })
    one.looks -= 1
    if (one.looks >= 0) return successReply('fetchApiStatus', { message: 'Processing', details: null })
    if (one.end === 'Executed') for (const extension of pbx.extensions.values()) extension.isApplied = true
    return successReply('fetchApiStatus', { message: one.end, details: 'retrieve_conf failed' })
  }

  function serve({ method, path, token, body }: ReceivedRequest): ServedOperation {
    const expired: ServedReply = {
      status: 401,
      json: { error: 'access_denied', message: 'The resource owner' },
    }
    if (method === 'POST' && path === '/admin/api/api/token') {
      return { operation: 'token', perform: () => issueToken(body), expired }
    }
    if (method !== 'POST' || path !== '/admin/api/api/gql') {
      return { operation: 'nowhere', perform: () => ({ status: 404, json: {} }), expired }
    }
    const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> } // ours
    const members = MEMBERS.filter((name) => new RegExp(`\\b${name}\\b`).test(query))
    const operation = members.length === 1 ? (members[0] ?? '') : 'several members'
    const input = argumentsIn(query, variables)
    const acts: Record<string, () => ServedReply> = {
      addExtension: () => add(input),
      deleteExtension: () =>
        pbx.extensions.delete(String(input.extensionId))
          ? successReply('deleteExtension', { message: 'Extension has been deleted' })
          : errorReply('Extension does not exists.'),
      doreload: reload,
      fetchAllExtensions: fetchAll,
      fetchExtension: () => fetchOne(String(input.extensionId)),
      fetchApiStatus: () => statusOf(String(input.txnId)),
    }
    return {
      operation,
      perform() {
        if (token === undefined || !tokens.has(token)) return expired
        if (pbx.hidden.has(operation)) {
          const kind = MUTATIONS.includes(operation) ? 'Mutation' : 'Query'
          return errorReply(`Cannot query field "${operation}" on type "${kind}".`)
        }
        return acts[operation]?.() ?? errorReply(`Cannot query field "${operation}" on type "Query".`)
      },
      falseReply: {
        addExtension: ADDED,
        deleteExtension: successReply('deleteExtension', { message: 'gone' }),
      }[operation],
      expired,
    } as ServedOperation // without a false reply configured it gives none
  }

  const server = await startFaultyHttp(serve, tls)
  const pbx: FakeFreepbx = Object.assign(server, {
    extensions: new Map(),
    created: [],
    reloadPolls: 0,
    reloadResults: [],
    refusals: [],
    rejectsClient: false,
    hidden: new Set<string>(),
    unlisted: 0,
  })
  return pbx
}

/** The arguments of the one member, variables put in. */
function argumentsIn(query: string, variables: Record<string, unknown>): Record<string, unknown> {
  const inside = query.slice(query.indexOf('{') + 1)
  return Object.fromEntries(
    [...inside.matchAll(/(\w+):\s*(\$\w+|"[^"]*"|true|false)/g)].map(([, name = '', value = '']) => [
      name,
      value.startsWith('$') ? variables[value.slice(1)] : JSON.parse(value),
    ]),
  )
}
