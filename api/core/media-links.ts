import { mayRead } from '../../contract/media-path.ts'
import type { Actor } from './actor.ts'
import { Refusal } from './refusal.ts'
import type { Tokens } from './tokens.ts'

export interface MediaLink {
  /** Path and query, to be put behind the host the client already talks to. */
  url: string
  /** Unix seconds. */
  expiresAt: number
}

export interface MediaLinks {
  /**
   * Sells a link to one file for players that cannot send a header; it dies with the session.
   * @param path relative to the media root, such as `1001/2026/call.mp3`
   * @throws {Refusal} `input_invalid`, `forbidden`, `unavailable`
   */
  sell(actor: Actor, path: string, minutes: number): Promise<MediaLink>
}

export interface MediaLinksNeeds {
  tokens: Pick<Tokens, 'issue'>
  now: () => number
  /** Seconds. */
  longestLifetime: number
}

export function createMediaLinks({ tokens, now, longestLifetime }: MediaLinksNeeds): MediaLinks {
  return {
    async sell(actor, path, minutes) {
      if (!isPlainPath(path)) {
        throw new Refusal('input_invalid', { detail: 'path must be like 1001/2026/call.mp3' })
      }
      const { claims } = actor
      if (!mayRead(claims, path)) throw new Refusal('forbidden')
      // No token may live longer than the longest kind: a link that did would open nothing.
      const expiresAt = Math.floor(now() / 1000) + Math.min(minutes * 60, longestLifetime)
      const link = await tokens.issue('media-link', claims, expiresAt, { path })
      const encoded = path.split('/').map(encodeURIComponent).join('/')
      return { url: `/media/${encoded}?link=${link}`, expiresAt }
    },
  }
}

/** Only what nginx would serve under the very same name: no dot segments, no empty ones, no controls. */
function isPlainPath(path: string): boolean {
  if (path.length === 0 || path.length > 512 || !path.isWellFormed() || /[\p{Cc}\\]/u.test(path)) return false
  return path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
}
