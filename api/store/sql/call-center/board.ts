import { sql } from 'kysely'
import type { BoardStore } from '../../../core/call-center/board/board.ts'
import {
  NO_THRESHOLDS,
  type ThresholdStore,
  type Thresholds,
} from '../../../core/call-center/board/thresholds.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { inScope } from './scope.ts'

export function createBoardStore(db: Database): BoardStore {
  return {
    async listAgents(scope) {
      const rows = await db.query
        .selectFrom('agents')
        .innerJoin('users', 'users.id', 'agents.user_id')
        .select(['agents.id', 'agents.name', 'agents.team', 'agents.status', 'users.extension'])
        .select(['agents.status_at as statusAt', 'agents.free_from as availableFrom'])
        .where('users.disabled', '=', 0)
        .where(inScope('agents', scope))
        .orderBy('agents.name')
        .orderBy('agents.id')
        .execute()
      return rows.map((row) => ({ ...row, id: String(row.id) }))
    },

    /** It reads an index of waiting leads alone. When a lead joined its campaign, with 0 as its time, is not stored. */
    async leadQueues(campaignIds, now) {
      if (campaignIds.length === 0) return new Map()
      const ids = sql.join(campaignIds.map((id) => rowId(id) ?? 0))
      const { rows } = await sql<{
        id: number
        waiting: number
        due: number
        since: number | null
      }>`
        select campaigns.id as id, coalesce(queue.waiting, 0) as waiting, coalesce(queue.due, 0) as due, queue.since as since
          from campaigns left join (
            select campaign_id, count(*) as waiting, sum(case when next_try_at <= ${now} then 1 else 0 end) as due,
                min(case when next_try_at > 0 and next_try_at <= ${now} then next_try_at end) as since
              from leads where dial_state = 'waiting' and campaign_id in (${ids}) group by campaign_id
          ) as queue on queue.campaign_id = campaigns.id
          where campaigns.id in (${ids})`.execute(db.query)
      return new Map(
        rows.map(({ id, waiting, due, since }) => [
          String(id),
          { waiting: Number(waiting), due: Number(due), dueSince: since === null ? null : Number(since) },
        ]),
      )
    },
  }
}

export function createThresholdStore(db: Database): ThresholdStore {
  return {
    async find(team) {
      const row = await db.query
        .selectFrom('board_thresholds')
        .select(['body_json', 'version'])
        .where('team', '=', team ?? '')
        .executeTakeFirst()
      return row && { thresholds: parse(row.body_json), version: row.version }
    },

    async save(team, thresholds, version, now) {
      const body = { body_json: JSON.stringify(thresholds), updated_at: now }
      const row =
        version === undefined
          ? await db.query
              .insertInto('board_thresholds')
              .values({ team: team ?? '', version: 1, ...body })
              .onConflict((known) =>
                known.column('team').doUpdateSet({ ...body, version: sql`board_thresholds.version + 1` }),
              )
              .returning('version')
              .executeTakeFirst()
          : await db.query
              .updateTable('board_thresholds')
              .set({ ...body, version: version + 1 })
              .where('team', '=', team ?? '')
              .where('version', '=', version)
              .returning('version')
              .executeTakeFirst()
      if (row === undefined) throw new Refusal('stale')
      return { thresholds, version: row.version }
    },
  }
}

/** A later release may have more measures. */
const parse = (text: string): Thresholds => ({
  ...NO_THRESHOLDS,
  ...(JSON.parse(text) as Partial<Thresholds>),
}) // only `save` writes it
