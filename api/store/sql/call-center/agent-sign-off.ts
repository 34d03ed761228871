import { type Kysely, type SqlBool, sql, type Transaction } from 'kysely'
import { rowId } from '../bind.ts'
import type { Tables } from '../tables.ts'
import { AGENT_EVENT_COLUMNS, queueAgentStatus } from './agent-status-events.ts'

/*
 * When the last session of an agent ends, the agent is offline. A command that ends a session sets the status in its
 * own transaction; expired sessions are found by polling. A status that is set after the end stays: a supervisor may
 * set an agent ready who uses only a phone.
 */

/** When a session expires. */
const sessionEndsAt = sql<number>`(case when sessions.idle_expires_at < sessions.expires_at
  then sessions.idle_expires_at else sessions.expires_at end)`

/** Whether the agent's user has an active session. */
export const hasLiveSession = (now: number) => sql<SqlBool>`exists (
  select 1 from sessions join users on users.id = sessions.user_id
  where sessions.user_id = agents.user_id and sessions.ended_at is null and ${sessionEndsAt} > ${now}
    and sessions.generation = users.generation and users.disabled = 0)`

/** Whether a session of the agent's user has expired since the agent's status was set. */
const hasExpiredSession = (now: number) => sql<SqlBool>`exists (
  select 1 from sessions where sessions.user_id = agents.user_id and sessions.ended_at is null
    and ${sessionEndsAt} <= ${now} and ${sessionEndsAt} > agents.status_at)`

const setOffline = (query: Kysely<Tables>, now: number) =>
  query
    .updateTable('agents')
    .set({ status: 'offline', status_at: now, break_reason: null })
    .where('status', '!=', 'offline')
    .where('user_id', 'is not', null)
    .where((is) => is.not(hasLiveSession(now)))
    .returning(AGENT_EVENT_COLUMNS)

/** Sets the agent of a user offline, unless the user has an active session. Call it when a session has ended. */
export async function signOffAgent(trx: Transaction<Tables>, userId: number, now: number): Promise<void> {
  await queueAgentStatus(trx, await setOffline(trx, now).where('user_id', '=', userId).execute(), now)
}

/** The same as `signOffAgent` for expired sessions. @param userId undefined means all users */
export async function signOffExpired(query: Kysely<Tables>, now: number, userId?: string): Promise<void> {
  const agents = await setOffline(query, now)
    .where(hasExpiredSession(now))
    .$if(userId !== undefined, (some) => some.where('user_id', '=', rowId(userId ?? '') ?? 0))
    .execute()
  await queueAgentStatus(query, agents, now)
}
