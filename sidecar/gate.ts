import type { IncomingHttpHeaders } from 'node:http'
import { CHALLENGE_INVALID, CHALLENGE_NONE } from '../contract/bearer.ts'
import { channelFor, privateChannelOf } from '../contract/channels.ts'
import type { Claims } from '../contract/claims.ts'
import { readCredential } from '../contract/credential.ts'
import { isHidden, mayRead } from '../contract/media-access.ts'
import type { Judge, VerdictCode } from '../contract/verdict.ts'
import { isRequestId, one, readTarget } from './gate-request.ts'
import type { Streams } from './streams.ts'

/** An answer to nginx. Never a body: one would cost nginx its kept connection. */
export interface Answer {
  status: 204 | 401 | 403 | 503
  /** Why, for the log and the metrics; `ok` for 204. */
  code: VerdictCode | 'ok' | 'forbidden' | 'malformed'
  headers?: Readonly<Record<string, string>>
}

export interface Gate {
  /** `/check-media-access`: no I/O, no promise, a look-up for a token seen before. */
  media(headers: IncomingHttpHeaders): Answer
  /** `/check-channel-access`: registers the stream it lets in; asks Redis for tickets alone. */
  channel(headers: IncomingHttpHeaders): Answer | Promise<Answer>
}

export interface GateNeeds {
  judge: Judge
  streams: Streams
  /** Whether revocations are known well enough for a stream to go on: it would be cut at once otherwise. */
  canHold(): boolean
  /** Takes a one-use ticket: its claims, undefined when there is none; throws when Redis is away. */
  takeTicket(ticket: string): Promise<Claims | undefined>
}

const ok: Answer = { status: 204, code: 'ok' }
const forbidden: Answer = { status: 403, code: 'forbidden' }
const malformed: Answer = {
  status: 401,
  code: 'malformed',
  headers: { 'WWW-Authenticate': CHALLENGE_INVALID },
}
const invalid = (code: VerdictCode): Answer => ({
  status: 401,
  code,
  headers: { 'WWW-Authenticate': CHALLENGE_INVALID },
})
/** Every verdict as nginx hears it. */
const REFUSALS: Readonly<Record<VerdictCode, Answer>> = {
  token_missing: { status: 401, code: 'token_missing', headers: { 'WWW-Authenticate': CHALLENGE_NONE } },
  token_invalid: invalid('token_invalid'),
  token_expired: invalid('token_expired'),
  token_revoked: invalid('token_revoked'),
  token_wrong_kind: { status: 403, code: 'token_wrong_kind' },
  cannot_judge: { status: 503, code: 'cannot_judge', headers: { 'Retry-After': '1' } },
}

export function createGate({ judge, streams, canHold, takeTicket }: GateNeeds): Gate {
  function letIn(headers: IncomingHttpHeaders, name: string, claims: Claims): Answer {
    const conn = one(headers['x-hs-request-id'])
    const channel = channelFor(claims, name)
    if (channel === undefined || !isRequestId(conn)) return forbidden
    if (!canHold()) return REFUSALS.cannot_judge
    const isLetIn = streams.open({
      conn,
      instance: Number(headers['x-hs-instance'] ?? 1),
      claims,
      isPrivate: channel === privateChannelOf(claims.sub),
    })
    if (!isLetIn) return REFUSALS.cannot_judge
    return { status: 204, code: 'ok', headers: { 'X-Hs-Gate': streams.gate(), 'X-Hs-Channel': channel } }
  }

  return {
    media(headers) {
      const target = readTarget(headers)
      if (target === undefined || (target.method !== 'GET' && target.method !== 'HEAD')) return forbidden
      const credential = readCredential(headers.authorization, one(headers['x-hs-query']), [
        'authorization',
        'link',
      ])
      if (credential === 'missing') return REFUSALS.token_missing
      if (credential === 'malformed' || credential.by === 'ticket') return malformed

      const isLink = credential.by === 'link'
      const verdict = judge.token(credential.text, isLink ? 'media-link' : 'access')
      if (!verdict.good) return REFUSALS[verdict.code]
      const path = fromLatin1(target.name)
      if (path === undefined || isHidden(path)) return forbidden
      // Whoever signed a link has judged who may have its one file: a recording lies where the PBX put it.
      const mayHave = isLink ? verdict.claims.path === path : mayRead(verdict.claims, path)
      return mayHave ? ok : forbidden
    },

    channel(headers) {
      const target = readTarget(headers)
      if (target?.method !== 'GET') return forbidden
      const credential = readCredential(headers.authorization, one(headers['x-hs-query']), [
        'authorization',
        'ticket',
      ])
      if (credential === 'missing') return REFUSALS.token_missing
      if (credential === 'malformed' || credential.by === 'link') return malformed

      if (credential.by === 'ticket') {
        return takeTicket(credential.text).then(
          (claims) => {
            if (claims === undefined) return REFUSALS.token_invalid
            const code = judge.claims(claims)
            return code === undefined ? letIn(headers, target.name, claims) : REFUSALS[code]
          },
          () => REFUSALS.cannot_judge,
        )
      }
      const verdict = judge.token(credential.text, 'access')
      return verdict.good ? letIn(headers, target.name, verdict.claims) : REFUSALS[verdict.code]
    },
  }
}

/** Node shows header bytes as Latin-1; a file's name is UTF-8. Undefined when it is not. */
function fromLatin1(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the range that needs no decoding
  if (/^[\x00-\x7f]*$/.test(text)) return text
  const decoded = Buffer.from(text, 'latin1').toString('utf8')
  return decoded.includes('\ufffd') ? undefined : decoded
}
