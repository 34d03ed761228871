import { sql, type Transaction } from 'kysely'
import type { AgentStatus, AgentStore } from '../../../core/call-center/agents/agent.ts'
import type { UserStatus } from '../../../core/presence/user-status-store.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { upsertUserStatus } from '../presence/user-statuses.ts'
import type { Tables } from '../tables.ts'
import { hasLiveSession, signOffExpired } from './agent-sign-off.ts'

type StatusMethods = 'setStatus' | 'setOwnStatus' | 'putOnBreak' | 'setLapsedOffline' | 'setAvailableFrom'

export function createAgentStatuses(db: Database): Pick<AgentStore, StatusMethods> {
  return {
    setStatus: (id, status, now, presence, breakReason = null) =>
      db.transaction((trx) => writeStatus(trx, id, { status, presence, breakReason }, now)),

    async setOwnStatus({ id }, status, now, presence, breakReason = null) {
      await db.transaction(async (trx) => {
        // Locks the row before the check, so that a session ends before or after this transaction.
        const lockRow = trx.updateTable('agents').set((agent) => ({ free_from: agent.ref('free_from') }))
        await lockRow.where('id', '=', rowId(id) ?? 0).execute()
        const liveAgent = await trx
          .selectFrom('agents')
          .select('id')
          .where('id', '=', rowId(id) ?? 0)
          .where(hasLiveSession(now))
          .executeTakeFirst()
        if (liveAgent === undefined) throw new Refusal('token_revoked', { detail: 'the session has ended' })
        await writeStatus(trx, id, { status, presence, breakReason }, now)
      })
    },

    async putOnBreak(id, now) {
      const row = await db.query
        .updateTable('agents')
        .set({ status: 'break', status_at: now, break_reason: null })
        .where('id', '=', rowId(id) ?? 0)
        .where('status', '=', 'ready')
        .returning('name')
        .executeTakeFirst()
      return row?.name
    },

    setLapsedOffline: (now) => signOffExpired(db.query, now),

    async setAvailableFrom(id, availableFrom) {
      await db.query
        .updateTable('agents')
        .set({ free_from: availableFrom })
        .where('id', '=', rowId(id) ?? 0)
        .execute()
    },
  }
}

/** Sets an agent's status, and the presence of their user. */
async function writeStatus(
  trx: Transaction<Tables>,
  id: string,
  {
    status,
    presence,
    breakReason,
  }: { status: AgentStatus; presence: UserStatus | undefined; breakReason: string | null },
  now: number,
): Promise<void> {
  const agent = rowId(id) ?? 0
  await trx
    .updateTable('agents')
    .set({
      status,
      // The time of a status that is set again stays.
      status_at: sql<number>`case when status = ${status} then status_at else cast(${now} as bigint) end`,
      break_reason: status === 'break' ? breakReason : null,
    })
    .where('id', '=', agent)
    .execute()
  if (presence === undefined) return
  const row = await trx
    .selectFrom('agents')
    .innerJoin('users', 'users.id', 'agents.user_id')
    .select('users.id')
    .where('agents.id', '=', agent)
    .executeTakeFirst()
  if (row !== undefined) await upsertUserStatus(trx, String(row.id), presence, now)
}
