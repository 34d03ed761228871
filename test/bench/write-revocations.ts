import type { Redis } from 'ioredis'
import type { Revocation } from '../../contract/revocation-entries.ts'
import { REVOCATION_LOG_KEY, revocationFields } from '../../contract/revocation-entries.ts'

/** Sessions of an hour: older entries may be trimmed, as the API does with every write. */
const LONGEST_LIFETIME_MS = 3_600_000

/** Writes revocations into the log the way the API does. */
export async function revoke(redis: Redis, revocations: readonly Revocation[]): Promise<void> {
  const oldest = String(Date.now() - LONGEST_LIFETIME_MS)
  const batch = redis.pipeline()
  for (const one of revocations)
    batch.xadd(REVOCATION_LOG_KEY, 'MINID', '~', oldest, '*', ...revocationFields(one))
  for (const [err] of (await batch.exec()) ?? []) if (err !== null) throw err
}

/** The end of one session, remembered for an hour. */
export const sessionRevocation = (sid: string): Revocation => ({
  kind: 'sid',
  key: sid,
  generation: 0,
  until: Math.floor((Date.now() + LONGEST_LIFETIME_MS) / 1000),
})
