import type { IncomingMessage } from 'node:http'
import type { Claims } from '../../../contract/claims.ts'
import { type Credential, readCredential } from '../../../contract/credential.ts'
import type { Judge } from '../../../contract/verdict.ts'
import type { TicketTaking } from '../../core/auth/stream-tickets.ts'
import { Refusal } from '../../core/refusal.ts'
import { createOrigins } from '../../core/values/origin.ts'
import { refusalOf } from '../guard.ts'

export interface DoorNeeds {
  judge: Judge
  tickets: TicketTaking
  /** Other origins whose pages may open a socket, as the settings have them. */
  allowedOrigins: readonly string[]
}

/** Offered beside a token, as browsers can set no header: `Sec-WebSocket-Protocol: bearer, <token>`. */
export const PROTOCOL = 'bearer'

/** Whoever may come in: a live token, for the one extension it names. */
export interface Guest {
  claims: Claims
  extension: string
}

/**
 * Judges a request for `/ws?extension=<own extension>` before anything is upgraded.
 * @throws {Refusal} `not_found`, `forbidden`, `input_invalid`, `token_…`, `unavailable`
 */
export async function admit(req: IncomingMessage, needs: DoorNeeds): Promise<Guest> {
  const [path, query] = split(req.url ?? '')
  if (path !== '/ws' || req.method !== 'GET') throw new Refusal('not_found')
  if (!mayCome(req, needs.allowedOrigins)) throw new Refusal('forbidden', { detail: 'Origin not allowed' })

  const [extension, second] = new URLSearchParams(query).getAll('extension')
  if (extension === undefined || second !== undefined)
    throw new Refusal('input_invalid', { detail: 'extension is required, once' })
  const claims = await claimsOf(credentialOf(req, query), needs)
  // Nobody speaks for another here, not even an admin.
  if (claims.extension !== extension)
    throw new Refusal('forbidden', { detail: 'The token is not of this extension' })
  return { claims, extension }
}

function split(url: string): [path: string, query: string | undefined] {
  const at = url.indexOf('?')
  return at < 0 ? [url, undefined] : [url.slice(0, at), url.slice(at + 1)]
}

/** A browser says which page asks; whoever is no browser says nothing. */
const mayCome = ({ headers }: IncomingMessage, allowed: readonly string[]): boolean =>
  headers.origin === undefined || createOrigins(allowed).isOurs(headers.origin, headers.host)

/** Header, query and subprotocol may each carry it, but never different ones. */
function credentialOf({ headers }: IncomingMessage, query: string | undefined): Credential {
  const usual = readCredential(headers.authorization, query, ['authorization', 'token', 'ticket'])
  const [scheme = '', token] = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim())
  if (scheme.toLowerCase() !== PROTOCOL || usual === 'malformed') return usual
  if (token === undefined || token === '') return 'malformed'
  if (usual === 'missing') return { by: 'token', text: token }
  return usual.by === 'token' && usual.text === token ? usual : 'malformed'
}

async function claimsOf(credential: Credential, { judge, tickets }: DoorNeeds): Promise<Claims> {
  if (credential === 'missing') throw new Refusal('token_missing')
  if (credential === 'malformed' || credential.by === 'link') throw new Refusal('token_invalid')
  if (credential.by === 'token') {
    const verdict = judge.token(credential.text, 'access')
    if (!verdict.good) throw refusalOf(verdict.code)
    return verdict.claims
  }
  const claims = await tickets.take(credential.text)
  if (claims === undefined) throw new Refusal('token_invalid')
  const flaw = judge.claims(claims)
  if (flaw !== undefined) throw refusalOf(flaw)
  return claims
}
