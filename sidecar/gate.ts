import type { IncomingHttpHeaders } from 'node:http'
import { CHALLENGE_INVALID_TOKEN, CHALLENGE_MISSING_TOKEN } from '../contract/bearer.ts'
import { channelFor, isServiceChannel, privateChannelOf, stateChannelOf } from '../contract/channels.ts'
import type { Claims } from '../contract/claims.ts'
import { readCredential } from '../contract/credential.ts'
import { canReadMedia, isHiddenPath } from '../contract/media-access.ts'
import { isServiceTokenText, type Scope, serviceClaims } from '../contract/service-token.ts'
import type { ServiceVerdictCode, TokenVerifier } from '../contract/verdict.ts'
import { isRequestId, readTarget, singleHeader } from './gate-request.ts'
import type { Streams } from './streams.ts'

/** A response to nginx. It has no body: with one, nginx could not reuse its connection. */
export interface GateResponse {
  status: 204 | 401 | 403 | 503
  /** The reason, for the log and the metrics; `ok` for 204. */
  code: ServiceVerdictCode | 'ok' | 'forbidden' | 'malformed'
  headers?: Readonly<Record<string, string>>
}

export interface Gate {
  /** `/check-media-access`: no I/O and no promise; a cached token needs one look-up. */
  checkMediaAccess(headers: IncomingHttpHeaders): GateResponse
  /** `/check-channel-access`: registers the stream that it admits; only tickets need Redis. */
  checkChannelAccess(headers: IncomingHttpHeaders): GateResponse | Promise<GateResponse>
  /** `/check-metrics-access`: for programs on other machines. */
  checkMetricsAccess(headers: IncomingHttpHeaders): GateResponse
}

export interface GateNeeds {
  tokenVerifier: TokenVerifier
  streams: Streams
  /** Whether revocations are fresh enough for streams: otherwise a new one would be cut at once. */
  canHoldStreams(): boolean
  /** Redeems a one-time ticket. @returns its claims; undefined when there is none. @throws when Redis is unreachable */
  redeemTicket(ticket: string): Promise<Claims | undefined>
}

const ok: GateResponse = { status: 204, code: 'ok' }
const forbidden: GateResponse = { status: 403, code: 'forbidden' }
const malformed: GateResponse = {
  status: 401,
  code: 'malformed',
  headers: { 'WWW-Authenticate': CHALLENGE_INVALID_TOKEN },
}
const invalid = (code: ServiceVerdictCode): GateResponse => ({
  status: 401,
  code,
  headers: { 'WWW-Authenticate': CHALLENGE_INVALID_TOKEN },
})
/** The response to nginx for every verdict that denies access. */
const RESPONSE_TO: Readonly<Record<ServiceVerdictCode, GateResponse>> = {
  token_missing: {
    status: 401,
    code: 'token_missing',
    headers: { 'WWW-Authenticate': CHALLENGE_MISSING_TOKEN },
  },
  token_invalid: invalid('token_invalid'),
  token_expired: invalid('token_expired'),
  token_revoked: invalid('token_revoked'),
  token_wrong_kind: { status: 403, code: 'token_wrong_kind' },
  scope_missing: { status: 403, code: 'scope_missing' },
  network_refused: { status: 403, code: 'network_refused' },
  cannot_judge: { status: 503, code: 'cannot_judge', headers: { 'Retry-After': '1' } },
}

export function createGate({ tokenVerifier, streams, canHoldStreams, redeemTicket }: GateNeeds): Gate {
  function admit(headers: IncomingHttpHeaders, channel: string | undefined, claims: Claims): GateResponse {
    const conn = singleHeader(headers['x-hs-request-id'])
    if (channel === undefined || !isRequestId(conn)) return forbidden
    if (!canHoldStreams()) return RESPONSE_TO.cannot_judge
    const isAdmitted = streams.admit({
      conn,
      instance: Number(headers['x-hs-instance'] ?? 1),
      claims,
      isPrivate: channel === privateChannelOf(claims.sub),
    })
    if (!isAdmitted) return RESPONSE_TO.cannot_judge
    return { status: 204, code: 'ok', headers: { 'X-Hs-Cohort': streams.cohort(), 'X-Hs-Channel': channel } }
  }

  /** Whether a service token may be used for `scope`. It counts in the header alone: proxies log what is in a URL. */
  function checkService(
    headers: IncomingHttpHeaders,
    text: string,
    scope: Scope,
    grant: (claims: Claims) => GateResponse,
  ): GateResponse {
    if (headers.authorization === undefined) return malformed
    const address = singleHeader(headers['x-hs-address'])
    // An older nginx does not send it.
    if (address === undefined) return RESPONSE_TO.cannot_judge
    const verdict = tokenVerifier.verifyService(text, scope, address)
    return verdict.ok ? grant(serviceClaims(verdict.service)) : RESPONSE_TO[verdict.code]
  }

  return {
    checkMediaAccess(headers) {
      const target = readTarget(headers)
      if (target === undefined || (target.method !== 'GET' && target.method !== 'HEAD')) return forbidden
      const credential = readCredential(headers.authorization, singleHeader(headers['x-hs-query']), [
        'authorization',
        'link',
      ])
      if (credential === 'missing') return RESPONSE_TO.token_missing
      if (credential === 'malformed' || credential.by === 'ticket') return malformed

      const isLink = credential.by === 'link'
      const verdict = tokenVerifier.verify(credential.text, isLink ? 'media-link' : 'access')
      const path = fromLatin1(target.name)
      const isHidden = path === undefined || isHiddenPath(path)
      if (!verdict.ok) {
        if (isLink || !isServiceTokenText(credential.text)) return RESPONSE_TO[verdict.code]
        return checkService(headers, credential.text, 'recordings:read', () => (isHidden ? forbidden : ok))
      }
      if (isHidden) return forbidden
      // The API checked access when it signed the link: a recording lies where the PBX put it, in any folder.
      const isAllowed = isLink ? verdict.claims.path === path : canReadMedia(verdict.claims, path)
      return isAllowed ? ok : forbidden
    },

    checkChannelAccess(headers) {
      const target = readTarget(headers)
      if (target?.method !== 'GET') return forbidden
      const credential = readCredential(headers.authorization, singleHeader(headers['x-hs-query']), [
        'authorization',
        'ticket',
      ])
      if (credential === 'missing') return RESPONSE_TO.token_missing
      if (credential === 'malformed' || credential.by === 'link') return malformed

      if (credential.by === 'ticket') {
        return redeemTicket(credential.text).then(
          (claims) => {
            if (claims === undefined) return RESPONSE_TO.token_invalid
            const code = tokenVerifier.checkClaims(claims)
            return code === undefined
              ? admit(headers, channelFor(claims, target.name), claims)
              : RESPONSE_TO[code]
          },
          () => RESPONSE_TO.cannot_judge,
        )
      }
      const verdict = tokenVerifier.verify(credential.text, 'access')
      if (verdict.ok) return admit(headers, channelFor(verdict.claims, target.name), verdict.claims)
      if (!isServiceTokenText(credential.text)) return RESPONSE_TO[verdict.code]
      const channel = isServiceChannel(target.name) ? stateChannelOf(target.name) : undefined
      return checkService(headers, credential.text, 'presence:read', (claims) =>
        admit(headers, channel, claims),
      )
    },

    checkMetricsAccess(headers) {
      const credential = readCredential(headers.authorization, undefined, [])
      if (credential === 'missing') return RESPONSE_TO.token_missing
      if (credential === 'malformed' || !isServiceTokenText(credential.text)) return forbidden
      return checkService(headers, credential.text, 'metrics:read', () => ok)
    },
  }
}

/** Node decodes header bytes as Latin-1; a file's name is UTF-8. @returns undefined when it is not */
function fromLatin1(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the range that needs no decoding
  if (/^[\x00-\x7f]*$/.test(text)) return text
  const decoded = Buffer.from(text, 'latin1').toString('utf8')
  return decoded.includes('\ufffd') ? undefined : decoded
}
