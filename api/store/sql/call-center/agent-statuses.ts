import type { Transaction } from 'kysely'
import type { AgentStatus, AgentStore } from '../../../core/call-center/agents/agent.ts'
import type { UserStatus } from '../../../core/presence/user-status-store.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { upsertUserStatus } from '../presence/user-statuses.ts'
import type { Tables } from '../tables.ts'
import { hasLiveSession, signOffExpired } from './agent-sign-off.ts'
import { AGENT_EVENT_COLUMNS, queueAgentStatus } from './agent-status-events.ts'

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

    putOnBreak: (id, now) =>
      db.transaction(async (trx) => {
        const rows = await trx
          .updateTable('agents')
          .set({ status: 'break', status_at: now, break_reason: null })
          .where('id', '=', rowId(id) ?? 0)
          .where('status', '=', 'ready')
          .returning(AGENT_EVENT_COLUMNS)
          .execute()
        await queueAgentStatus(trx, rows, now)
        return rows[0]?.name
      }),

    setLapsedOffline: (now) => db.transaction((trx) => signOffExpired(trx, now)),

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
  const reason = status === 'break' ? breakReason : null
  const changed = await trx
    .updateTable('agents')
    .set({ status, status_at: now, break_reason: reason })
    .where('id', '=', agent)
    .where('status', '!=', status)
    .returning(AGENT_EVENT_COLUMNS)
    .execute()
  // The time of a status that is set again stays.
  if (changed.length === 0)
    await trx.updateTable('agents').set({ break_reason: reason }).where('id', '=', agent).execute()
  await queueAgentStatus(trx, changed, now)
  if (presence === undefined) return
  const row = await trx
    .selectFrom('agents')
    .innerJoin('users', 'users.id', 'agents.user_id')
    .select('users.id')
    .where('agents.id', '=', agent)
    .executeTakeFirst()
  if (row !== undefined) await upsertUserStatus(trx, String(row.id), presence, now)
}
