import { randomBytes, timingSafeEqual } from 'node:crypto'
import { sha256 } from '../../../../runtime/hash.ts'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { RateLimiter } from '../../auth/rate-limiter.ts'
import type { SecurityLog } from '../../auth/security-log.ts'
import { Refusal } from '../../refusal.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'

/** A link for a big screen that shows a board without a login. Times are unix seconds. */
export interface Wallboard {
  id: string
  name: string
  /** Null: all teams. */
  team: string | null
  /** Whether it shows agents without their names. */
  hidesNames: boolean
  /** Id of a user. */
  createdBy: string
  createdAt: number
  /** Null: it lives until it is revoked. */
  expiresAt: number | null
}

export type NewWallboard = Pick<Wallboard, 'name' | 'team' | 'hidesNames' | 'expiresAt'>

export interface WallboardStore {
  /**
   * Removes the links that have expired, and adds this one.
   * @param max live links of the maker, and of the team
   * @returns undefined if there are as many already
   */
  add(
    wallboard: NewWallboard & Pick<Wallboard, 'createdBy' | 'createdAt'> & { tokenHash: string },
    max: number,
  ): Promise<Wallboard | undefined>
  /** @param team undefined: of all teams. Sorted by id. */
  list(team: string | undefined, page: { afterId?: string | undefined; limit: number }): Promise<Wallboard[]>
  count(team: string | undefined): Promise<number>
  /** @param team as for `list` @returns the removed one; undefined if there is none */
  remove(id: string, team: string | undefined): Promise<Wallboard | undefined>
  /**
   * Finds a link that has not expired. Its maker must still be able to see the same board: enabled, and an admin or the
   * supervisor of its team.
   */
  findLive(tokenHash: string, now: number): Promise<{ wallboard: Wallboard; tokenHash: string } | undefined>
}

/** Admins have the links of all teams, supervisors those of their own; others are `forbidden`. */
export interface Wallboards {
  /** @returns the token is not stored, so that it can be shown only now */
  create(
    by: CallCenterActor,
    wallboard: NewWallboard,
    address: string,
  ): Promise<{ wallboard: Wallboard; token: string }>
  list(
    by: CallCenterActor,
    page: { afterId?: string | undefined; limit: number },
  ): Promise<{ wallboards: Wallboard[]; total: number }>
  /** @throws {Refusal} `not_found` */
  revoke(by: CallCenterActor, id: string, address: string): Promise<void>
  /**
   * The link of a token.
   * @param address of the client
   * @throws {Refusal} `token_invalid` for any token that is not of a live link, `throttled`
   */
  open(token: string, address: string): Promise<Wallboard>
}

export interface WallboardsNeeds {
  store: WallboardStore
  securityLog: SecurityLog
  /** Limits the requests of each link: `consume` the hash of its token. */
  perLink: RateLimiter
  /** Limits tokens that are refused, by the client's network address. */
  perRefusal: RateLimiter
  now(): number
}

/** Live links of one maker, and of one team; those of all teams count as a team. */
const MAX_WALLBOARDS = 100
const TOKEN = /^wbd_[\w-]{32}$/

export function createWallboards(needs: WallboardsNeeds): Wallboards {
  const { store, securityLog, perLink, perRefusal } = needs
  const nowS = () => toUnixSeconds(needs.now())

  return {
    async create(by, wallboard, address) {
      const team = reachOf(by)
      if (team !== undefined && wallboard.team !== team) {
        throw new Refusal('forbidden', { detail: 'Supervisors make links for their own team' })
      }
      if (wallboard.expiresAt !== null && wallboard.expiresAt <= nowS()) {
        throw new Refusal('input_invalid', { detail: 'expires_at: must be in the future' })
      }
      const token = `wbd_${randomBytes(24).toString('base64url')}`
      const row = { ...wallboard, createdBy: by.userId, createdAt: nowS(), tokenHash: sha256(token) }
      const added = await store.add(row, MAX_WALLBOARDS)
      if (added === undefined) {
        throw new Refusal('conflict', {
          detail: `this team, or you, have ${MAX_WALLBOARDS} links already: revoke one`,
        })
      }
      securityLog.write({
        event: 'wallboard_created',
        target: added.name,
        changes: describe(added),
        actorId: by.userId,
        address,
      })
      return { wallboard: added, token }
    },

    async list(by, page) {
      const team = reachOf(by)
      const [wallboards, total] = await Promise.all([store.list(team, page), store.count(team)])
      return { wallboards, total }
    },

    async revoke(by, id, address) {
      const removed = await store.remove(id, reachOf(by))
      if (removed === undefined) throw new Refusal('not_found', { detail: 'no such link' })
      securityLog.write({
        event: 'wallboard_revoked',
        target: removed.name,
        changes: describe(removed),
        actorId: by.userId,
        address,
      })
    },

    async open(token, address) {
      const hash = sha256(token)
      const found = TOKEN.test(token) ? await store.findLive(hash, nowS()) : undefined
      if (found === undefined || !timingSafeEqual(Buffer.from(found.tokenHash), Buffer.from(hash))) {
        await perRefusal.consume(address)
        throw new Refusal('token_invalid')
      }
      await perLink.consume(hash)
      return found.wallboard
    },
  }
}

/** The team that an actor makes links for; undefined: all. @throws {Refusal} `forbidden` */
function reachOf({ role, agent }: CallCenterActor): string | undefined {
  if (role === 'admin') return undefined
  if (role === 'supervisor' && agent.team !== null) return agent.team
  throw new Refusal('forbidden', { detail: 'Links are for admins, and for supervisors of a team' })
}

const describe = ({ id, team, hidesNames, expiresAt }: Wallboard): string =>
  [
    `id=${id}`,
    `team=${team ?? 'all'}`,
    `names=${hidesNames ? 'hidden' : 'shown'}`,
    `expires=${expiresAt === null ? 'never' : new Date(expiresAt * 1000).toISOString()}`,
  ].join(' ')
