import type { Claims } from '../../../../contract/claims.ts'
import type { TokenVerifier } from '../../../../contract/verdict.ts'
import { evictOldest } from '../../../../runtime/evict-oldest.ts'
import type { BrowserCalls } from '../../../core/calls/browser-calls.ts'

export interface SessionCallsNeeds {
  browserCalls: BrowserCalls
  tokenVerifier: Pick<TokenVerifier, 'checkClaims'>
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  /** Called when the calls of a session may still be up. */
  onFailure(err: unknown): void
}

/** The part of one socket in it. */
export interface SocketCalls {
  /** The PBX has sent an INVITE of this Call-ID over the socket. */
  onInvite(sipCallId: string): void
  /** Whether the PBX has sent such an INVITE to the session, over this socket or one before it. */
  isInvited(sipCallId: string): boolean
  close(): void
}

/**
 * Ends a session's calls at the PBX itself when the session ends, also when its socket was closed before. It depends on
 * nothing that the browser has sent: all channels of the person's web endpoint go, except those of a Call-ID that the PBX
 * has sent to another session that lives. Where that is unknown, as when another API process has that session's socket,
 * they go as well.
 */
export interface SessionCalls {
  openSocket(claims: Claims, endpoint: string): SocketCalls
  /** Call it several times a second. */
  check(): void
}

interface Session {
  claims: Claims
  endpoint: string
  sockets: number
  closedAt: number
  sipCallIds: Set<string>
}
interface Ending {
  session: Session
  nextAt: number
  lastAt: number
  giveUpAt: number
  isBusy: boolean
  hasFailed: boolean
}

const MAX_CALL_IDS = 500
/** After it the PBX's events have shown what the last socket may have answered. */
const MIN_RETAIN_MS = 10_000
/** A channel may be known a moment later than it is there; a PBX that is away comes back. */
const [REPEAT_MS, REPEAT_FOR_MS, RETRY_FOR_MS] = [1_000, 5_000, 600_000]
const FAR_FUTURE_S = Number.MAX_SAFE_INTEGER

export function createSessionCalls(needs: SessionCallsNeeds): SessionCalls {
  const { browserCalls, tokenVerifier, monotonic, onFailure } = needs
  const sessions = new Map<string, Session>()
  const endings = new Set<Ending>()

  /** Tokens of a session expire long before it. */
  function hasEnded({ claims }: Session): boolean {
    const code = tokenVerifier.checkClaims({ ...claims, exp: claims.sxp ?? FAR_FUTURE_S })
    return code === 'token_revoked' || code === 'token_expired'
  }

  const isOfLiveSession = (endpoint: string, sipCallId: string) =>
    [...sessions.values()].some((one) => one.endpoint === endpoint && one.sipCallIds.has(sipCallId))

  async function end(ending: Ending): Promise<void> {
    const { endpoint } = ending.session
    ending.isBusy = true
    try {
      await browserCalls.end(endpoint, (sipCallId) => isOfLiveSession(endpoint, sipCallId))
    } catch (err) {
      ending.lastAt = Math.min(monotonic() + REPEAT_FOR_MS, ending.giveUpAt)
      if (!ending.hasFailed) onFailure(err)
      ending.hasFailed = true
    }
    ending.nextAt = monotonic() + REPEAT_MS
    ending.isBusy = false
  }

  return {
    openSocket(claims, endpoint) {
      const { sid } = claims
      const known = sessions.get(sid)
      const session = known ?? { claims, endpoint, sockets: 0, closedAt: 0, sipCallIds: new Set<string>() }
      session.claims = claims
      session.sockets += 1
      sessions.set(sid, session)
      return {
        onInvite(sipCallId) {
          session.sipCallIds.add(sipCallId)
          evictOldest(session.sipCallIds, MAX_CALL_IDS)
        },
        isInvited: (sipCallId) => session.sipCallIds.has(sipCallId),
        close() {
          session.sockets -= 1
          session.closedAt = monotonic()
        },
      }
    },
    check() {
      const at = monotonic()
      for (const [sid, session] of sessions) {
        if (hasEnded(session)) {
          sessions.delete(sid)
          endings.add({
            ...{ session, nextAt: at, lastAt: at + REPEAT_FOR_MS, giveUpAt: at + RETRY_FOR_MS },
            ...{ isBusy: false, hasFailed: false },
          })
        } else if (session.sockets === 0 && at - session.closedAt > MIN_RETAIN_MS) {
          if (!browserCalls.hasAny(session.endpoint)) sessions.delete(sid)
        }
      }
      for (const ending of endings) {
        if (ending.isBusy || at < ending.nextAt) continue
        if (at > ending.lastAt) endings.delete(ending)
        else void end(ending)
      }
    },
  }
}
