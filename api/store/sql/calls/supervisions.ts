import type { Selectable } from 'kysely'
import type {
  SessionMark,
  Supervision,
  SupervisionStore,
} from '../../../core/calls/supervision/supervision.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { UniqueViolation } from '../errors.ts'
import type { SupervisionsTable } from '../tables-calls.ts'

export function createSupervisionStore(db: Database): SupervisionStore {
  return {
    async add({ id, callId, channelId, agentId, supervisorId, mode, session, address, startedAt }) {
      const [supervisor, agent] = [rowId(supervisorId), rowId(agentId)]
      if (supervisor === undefined || agent === undefined)
        throw new TypeError('a supervision has the ids of two users')
      try {
        await db.query
          .insertInto('supervisions')
          .values({
            ...{ id, supervisor_id: supervisor, agent_id: agent, call_id: callId, channel_id: channelId },
            ...{ mode, session: JSON.stringify(session), address, started_at: startedAt },
          })
          .execute()
      } catch (err) {
        if (err instanceof UniqueViolation)
          throw new Refusal('conflict', { detail: 'you listen to another call: stop that first' })
        throw err
      }
    },

    async all() {
      const rows = await db.query.selectFrom('supervisions').selectAll().orderBy('started_at').execute()
      return rows.map(toSupervision)
    },

    async setMode(id, mode) {
      const { numUpdatedRows } = await db.query
        .updateTable('supervisions')
        .set({ mode })
        .where('id', '=', id)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async remove(id) {
      const { numDeletedRows } = await db.query
        .deleteFrom('supervisions')
        .where('id', '=', id)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}

const toSupervision = (row: Selectable<SupervisionsTable>): Supervision => ({
  id: row.id,
  callId: row.call_id,
  channelId: row.channel_id,
  agentId: String(row.agent_id),
  supervisorId: String(row.supervisor_id),
  mode: row.mode,
  // Written by `add` alone.
  session: JSON.parse(row.session) as SessionMark,
  address: row.address,
  startedAt: row.started_at,
})
