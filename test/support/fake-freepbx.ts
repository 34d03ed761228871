import { randomBytes } from 'node:crypto'
import type { TlsOptions } from 'node:tls'
import { type FaultyHttp, type Heard, type Reply, type Served, startFaultyHttp } from './faulty-http.ts'

export interface FakeFreepbx extends FaultyHttp {
  readonly extensions: Map<string, { name: string; email: string; secret: string; isApplied: boolean }>
  /** How often an extension came into being, whoever was told. */
  readonly made: string[]
  /** How many looks at a reload find it under way yet. */
  reloadLooks: number
  /** How the next reloads end; `Executed` after these. */
  readonly reloadEnds: string[]
  /** Why the next extensions are not made. */
  readonly refusals: string[]
  /** Refuses the client from now on. */
  hasForgottenClient: boolean
  /** What its tokens may not see: members of queries and mutations. */
  readonly hidden: Set<string>
}

export const CLIENT = { clientId: 'client-1', clientSecret: 'client-secret-of-hookswitch' }

const MUTATIONS = ['addExtension', 'deleteExtension', 'doreload']
const MEMBERS = [...MUTATIONS, 'fetchExtension', 'fetchApiStatus']

/** Speaks what FreePBX 16 and 17 say about extensions, by their sources. */
export async function startFreepbx(tls?: TlsOptions): Promise<FakeFreepbx> {
  const tokens = new Set<string>()
  const reloads = new Map<string, { looks: number; end: string }>()

  const no = (message: string): Reply => ({ status: 400, json: { errors: [{ message, status: false }] } })
  const yes = (member: string, fields: object): Reply => ({
    status: 200,
    json: { data: { [member]: { status: true, ...fields } } },
  })

  function giveToken(body: string): Reply {
    const form = new URLSearchParams(body)
    const isKnown =
      !pbx.hasForgottenClient &&
      form.get('client_id') === CLIENT.clientId &&
      form.get('client_secret') === CLIENT.clientSecret
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

  const ADDED = yes('addExtension', { message: 'Extension has been created Successfully' })

  function add(input: Record<string, unknown>): Reply {
    const number = String(input.extensionId)
    const refusal = pbx.refusals.shift()
    if (refusal !== undefined) return no(refusal)
    if (typeof input.name !== 'string')
      return no('Field addExtensionInput.name of required type String! was not provided.')
    // Both are on where they are left out.
    if (input.umEnable !== false && input.umPassword === undefined) {
      return no('User management is enabled please provide password')
    }
    if (!/^\d+$/.test(number)) return no('Please enter only numeric values')
    if (pbx.extensions.has(number)) return no('This device id is already in use')
    pbx.extensions.set(number, {
      name: input.name.trim().slice(0, 50),
      email: String(input.email),
      secret: randomBytes(16).toString('hex'),
      isApplied: false,
    })
    pbx.made.push(number)
    return ADDED
  }

  function fetchOne(number: string): Reply {
    const one = pbx.extensions.get(number)
    if (one === undefined) return no('Extension does not exists')
    return yes('fetchExtension', {
      message: 'Extension found successfully',
      extensionId: number,
      user: { extension: number, name: one.name, extPassword: one.secret || null },
      coreDevice: { description: one.name },
    })
  }

  function reload(): Reply {
    const id = String(reloads.size + 1)
    reloads.set(id, { looks: pbx.reloadLooks, end: pbx.reloadEnds.shift() ?? 'Executed' })
    return yes('doreload', { message: 'Doreload has been initiated', transaction_id: id })
  }

  function statusOf(id: string): Reply {
    const one = reloads.get(id)
    if (one === undefined) return yes('fetchApiStatus', { message: 'Sorry unable to fetch the status' })
    one.looks -= 1
    if (one.looks >= 0) return yes('fetchApiStatus', { message: 'Processing', details: null })
    if (one.end === 'Executed') for (const extension of pbx.extensions.values()) extension.isApplied = true
    return yes('fetchApiStatus', { message: one.end, details: 'retrieve_conf failed' })
  }

  function serve({ method, path, token, body }: Heard): Served {
    const expired: Reply = { status: 401, json: { error: 'access_denied', message: 'The resource owner' } }
    if (method === 'POST' && path === '/admin/api/api/token') {
      return { operation: 'token', act: () => giveToken(body), expired }
    }
    if (method !== 'POST' || path !== '/admin/api/api/gql') {
      return { operation: 'nowhere', act: () => ({ status: 404, json: {} }), expired }
    }
    const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> } // ours
    const members = MEMBERS.filter((name) => new RegExp(`\\b${name}\\b`).test(query))
    const operation = members.length === 1 ? (members[0] ?? '') : 'several members'
    const input = argumentsIn(query, variables)
    const acts: Record<string, () => Reply> = {
      addExtension: () => add(input),
      deleteExtension: () =>
        pbx.extensions.delete(String(input.extensionId))
          ? yes('deleteExtension', { message: 'Extension has been deleted' })
          : no('Extension does not exists.'),
      doreload: reload,
      fetchExtension: () => fetchOne(String(input.extensionId)),
      fetchApiStatus: () => statusOf(String(input.txnId)),
    }
    return {
      operation,
      act() {
        if (token === undefined || !tokens.has(token)) return expired
        if (pbx.hidden.has(operation)) {
          const kind = MUTATIONS.includes(operation) ? 'Mutation' : 'Query'
          return no(`Cannot query field "${operation}" on type "${kind}".`)
        }
        return acts[operation]?.() ?? no(`Cannot query field "${operation}" on type "Query".`)
      },
      lie: { addExtension: ADDED, deleteExtension: yes('deleteExtension', { message: 'gone' }) }[operation],
      expired,
    } as Served // without a lie it tells none
  }

  const server = await startFaultyHttp(serve, tls)
  const pbx: FakeFreepbx = Object.assign(server, {
    extensions: new Map(),
    made: [],
    reloadLooks: 0,
    reloadEnds: [],
    refusals: [],
    hasForgottenClient: false,
    hidden: new Set<string>(),
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
