import { canReadMedia, isHiddenPath } from '../../../contract/media-access.ts'
import { serviceClaims } from '../../../contract/service-token.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { Actor } from '../actor.ts'
import { Refusal } from '../refusal.ts'
import { isSafePath } from '../values/safe-path.ts'
import type { FindReach } from './supervisor-reach.ts'
import type { Tokens } from './tokens.ts'

/** The longest lifetime of a link, in minutes: a recording of some hours, paused now and then. */
export const MAX_LINK_MINUTES = 1_440

export interface MediaLink {
  /** Path and query, without the host. */
  url: string
  /** Unix seconds. */
  expiresAt: number
}

export interface MediaLinks {
  /**
   * Issues a link to one file for players that cannot send a header. It expires with the session.
   * @param path relative to the media root, such as `1001/2026/call.mp3`
   * @throws {Refusal} `input_invalid`, `forbidden`, `unavailable`
   */
  issue(actor: Actor, path: string, minutes: number): Promise<MediaLink>
  /**
   * The same without the check of whether the actor may read the path: the caller has made it. Hidden files are refused.
   * @throws {Refusal} `input_invalid`, `forbidden`, `unavailable`
   */
  issueForRecording(actor: Actor, path: string, minutes: number): Promise<MediaLink>
}

export interface MediaLinksNeeds {
  tokens: Pick<Tokens, 'issue'>
  reachOf: FindReach
  now: () => number
  /** Seconds. */
  longestLifetime: number
}

export function createMediaLinks({ tokens, reachOf, now, longestLifetime }: MediaLinksNeeds): MediaLinks {
  async function issueForRecording(
    { claims: own, service }: Actor,
    path: string,
    minutes: number,
  ): Promise<MediaLink> {
    if (!isSafePath(path)) {
      throw new Refusal('input_invalid', { detail: 'path must be like 1001/2026/call.mp3' })
    }
    if (isHiddenPath(path)) throw new Refusal('forbidden')
    // The path is all that a link opens: that of a program names no higher role.
    const claims = service === undefined ? own : serviceClaims(service)
    // A token that outlived the longest lifetime, or its session, would be refused.
    const latest = claims.sxp ?? Number.POSITIVE_INFINITY
    const expiresAt = Math.min(toUnixSeconds(now()) + Math.min(minutes * 60, longestLifetime), latest)
    const link = await tokens.issue('media-link', claims, expiresAt, { path })
    const encoded = path.split('/').map(encodeURIComponent).join('/')
    return { url: `/media/${encoded}?link=${link}`, expiresAt }
  }

  /** The claims of a token issued now: an older one may lack the team's `reach`. */
  async function withReach({ userId, claims }: Actor) {
    const { role, extension } = claims
    const isTeamOnly = (await reachOf({ userId, claims })).over !== 'all'
    return { role, extension, ...(isTeamOnly ? ({ reach: 'team' } as const) : {}) }
  }

  return {
    issueForRecording,
    async issue(actor, path, minutes) {
      // `issueForRecording` refuses an invalid path, with another code.
      if (isSafePath(path) && !canReadMedia(await withReach(actor), path)) throw new Refusal('forbidden')
      return issueForRecording(actor, path, minutes)
    },
  }
}
