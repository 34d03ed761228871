import { type Kysely, type SqlBool, sql, type Transaction } from 'kysely'
import { rowId } from '../bind.ts'
import type { Tables } from '../tables.ts'

/**
 * An agent whose last session ends is offline. A command that ends a session sets the status in its own transaction;
 * sessions that run out are looked for. A status that is set after the end stays, as a supervisor may set an agent
 * ready who has only a phone.
 */

/** When a session runs out. */
const sessionEndsAt = sql<number>`(case when sessions.idle_expires_at < sessions.expires_at
  then sessions.idle_expires_at else sessions.expires_at end)`

/** Whether the user of an agent has a session that lives. */
export const hasLiveSession = (now: number) => sql<SqlBool>`exists (
  select 1 from sessions join users on users.id = sessions.user_id
  where sessions.user_id = agents.user_id and sessions.ended_at is null and ${sessionEndsAt} > ${now}
    and sessions.generation = users.generation and users.disabled = 0)`

/** Whether one of theirs ran out since they said how they are. */
const hasExpiredSession = (now: number) => sql<SqlBool>`exists (
  select 1 from sessions where sessions.user_id = agents.user_id and sessions.ended_at is null
    and ${sessionEndsAt} <= ${now} and ${sessionEndsAt} > agents.status_at)`

const setOffline = (query: Kysely<Tables>, now: number) =>
  query
    .updateTable('agents')
    .set({ status: 'offline', status_at: now })
    .where('status', '!=', 'offline')
    .where('user_id', 'is not', null)
    .where((is) => is.not(hasLiveSession(now)))

/** A session of the user has just ended: their agent is offline, unless another one lives. */
export async function signOffAgent(trx: Transaction<Tables>, userId: number, now: number): Promise<void> {
  await setOffline(trx, now).where('user_id', '=', userId).execute()
}

/** As `leave`, for sessions that ran out. @param userId all users where undefined */
export async function signOffExpired(query: Kysely<Tables>, now: number, userId?: string): Promise<void> {
  await setOffline(query, now)
    .where(hasExpiredSession(now))
    .$if(userId !== undefined, (some) => some.where('user_id', '=', rowId(userId ?? '') ?? 0))
    .execute()
}
