import { toUnixSeconds } from '../../../runtime/time.ts'
import type { Session } from './session-store.ts'
import { reachForRole, type SupervisorReach } from './supervisor-reach.ts'
import type { TokenSubject, Tokens } from './tokens.ts'
import type { User } from './users.ts'

/** @returns the claims that a surface's document promises inside its tokens: see `TokenExtras.extraClaims` */
export type ExtraClaims = (user: User, kind: 'access' | 'refresh') => Record<string, unknown>

/**
 * What refreshes a session: `jwt`, a refresh token that stays the same and expires with its session; `opaque`, a
 * refresh token that each use replaces; `access`, its own access token (see `RefreshOptions`); or `nothing`. With the
 * last two the session ends with its last access token.
 */
export type RefreshMethod = 'jwt' | 'opaque' | 'access' | 'nothing'

export interface SessionTokensNeeds {
  tokens: Pick<Tokens, 'issue'>
  supervisorReach: SupervisorReach
  now: () => number
  /** Seconds. */
  accessTtl: number
  refreshTtl: number
  /** Seconds after which a session ends, however often it was refreshed. */
  sessionTtl: number
}

/** Issues the tokens of sessions, and computes when sessions and tokens expire. Unix seconds. */
export interface SessionTokens {
  /** @param ttl seconds; by default the setting's. @returns `expiresIn` in seconds, `until` as unix seconds */
  issueAccess(
    user: User,
    session: Session,
    extraClaims: ExtraClaims,
    ttl?: number,
  ): Promise<{ accessToken: string; expiresIn: number; until: number }>
  issueRefresh(user: User, session: Session, extraClaims: ExtraClaims): Promise<string>
  /** When a new session ends: at the latest, and if no client refreshes it. */
  expiryOf(
    request: { refreshWith: RefreshMethod; accessTtl?: number },
    createdAt: number,
  ): Pick<Session, 'expiresAt' | 'idleExpiresAt'>
}

export function createSessionTokens(needs: SessionTokensNeeds): SessionTokens {
  const { tokens, supervisorReach, now, refreshTtl, sessionTtl } = needs
  const accessTokenTtl = (ttl = needs.accessTtl) => Math.min(ttl, refreshTtl)

  function subjectOf(user: User, { id: sid, expiresAt: sxp }: Session): TokenSubject {
    const { id: sub, generation: gen, role, extension } = user
    const isTeamOnly = reachForRole(user, supervisorReach).over === 'team'
    return {
      ...{ sub, sid, gen, role, sxp },
      ...(extension === null ? {} : { extension }),
      ...(isTeamOnly ? { reach: 'team' } : {}),
    }
  }

  return {
    async issueAccess(owner, session, extraClaims, ttl) {
      const user = withRightsOf(session, owner)
      const at = toUnixSeconds(now())
      // No access token outlives its session, nor the idle time that begins with it.
      const until = Math.min(at + accessTokenTtl(ttl), session.expiresAt)
      const accessToken = await tokens.issue('access', subjectOf(user, session), until, {
        extraClaims: extraClaims(user, 'access'),
      })
      return { accessToken, expiresIn: until - at, until }
    },

    issueRefresh(owner, session, extraClaims) {
      const user = withRightsOf(session, owner)
      return tokens.issue('refresh', subjectOf(user, session), session.expiresAt, {
        extraClaims: extraClaims(user, 'refresh'),
      })
    },

    expiryOf({ refreshWith, accessTtl }, createdAt) {
      const access = createdAt + accessTokenTtl(accessTtl)
      switch (refreshWith) {
        case 'nothing':
          return { expiresAt: access, idleExpiresAt: access }
        case 'access':
          return { expiresAt: createdAt + refreshTtl, idleExpiresAt: access }
        // A JWT expires at a fixed time; an opaque token can be replaced until the session ends.
        case 'jwt':
          return { expiresAt: createdAt + refreshTtl, idleExpiresAt: createdAt + refreshTtl }
        case 'opaque':
          return { expiresAt: createdAt + sessionTtl, idleExpiresAt: createdAt + refreshTtl }
      }
    },
  }
}

/** An app password stands on a device and needs no second factor: its sessions never have an administrator's rights. */
const withRightsOf = ({ appPasswordId }: Pick<Session, 'appPasswordId'>, user: User): User =>
  appPasswordId !== null && user.role === 'admin' ? { ...user, role: 'supervisor' } : user
