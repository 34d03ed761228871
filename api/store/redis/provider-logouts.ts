import type { Redis } from 'ioredis'
import { sha256 } from '../../../runtime/hash.ts'
import type { UsedLogoutTokens } from '../../core/auth/providers/back-channel-logout.ts'
import type { ProviderLogouts } from '../../core/auth/providers/session-provider.ts'
import { orUnavailable } from './errors.ts'

/** Longer than a person may take to sign in, and than a logout token is valid; in seconds. */
const TTL_S = 900

export function createProviderLogouts(redis: Redis): ProviderLogouts & UsedLogoutTokens {
  const keyOf = (kind: string, providerId: string, value: string) =>
    `hookswitch:provider-${kind}:${sha256(JSON.stringify([providerId, value]))}`
  const set = (key: string, atMs: number) => orUnavailable(redis.set(key, String(atMs), 'EX', TTL_S))
  const read = async (key: string) => Number(await orUnavailable(redis.get(key)))

  return {
    async add({ providerId, subject, sessionId }, atMs) {
      if (sessionId !== null) await set(keyOf('session-end', providerId, sessionId), atMs)
      else if (subject !== null) await set(keyOf('person-end', providerId, subject), atMs)
    },
    async hasEnded({ id, subject, sessionId }, verifiedAtMs) {
      // A session at the provider that has ended never begins again; a person may sign in again.
      if (sessionId !== null && (await read(keyOf('session-end', id, sessionId))) > 0) return true
      return (await read(keyOf('person-end', id, subject))) >= verifiedAtMs
    },
    async claim(providerId, tokenId) {
      const key = keyOf('logout-token', providerId, tokenId)
      return (await orUnavailable(redis.set(key, '1', 'EX', TTL_S, 'NX'))) === 'OK'
    },
    async release(providerId, tokenId) {
      // Best effort: without it the provider's next attempt is refused until the key expires.
      await redis.del(keyOf('logout-token', providerId, tokenId)).catch(() => {})
    },
  }
}
