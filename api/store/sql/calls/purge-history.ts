import type { HistoryPurgeStore } from '../../../core/calls/purge-history.ts'
import type { Database } from '../database.ts'

/** Calls without an outcome are not over and are never purged. */
export function createPurgeStore(db: Database): HistoryPurgeStore {
  return {
    async count(beforeS) {
      const calls = await db.query
        .selectFrom('calls')
        .select(({ fn }) => [fn.countAll<number>().as('all'), fn.count<number>('recording').as('recorded')])
        .where('started_at', '<', beforeS)
        .executeTakeFirstOrThrow()
      const [placed, agent] = await Promise.all(
        (['placed_calls', 'agent_calls'] as const).map((table) =>
          db.query
            .selectFrom(table)
            .select(({ fn }) => fn.countAll<number>().as('all'))
            .where('created_at', '<', beforeS)
            .where('outcome', 'is not', null)
            .executeTakeFirstOrThrow(),
        ),
      )
      return {
        calls: calls.all,
        recorded: calls.recorded,
        placedCalls: placed?.all ?? 0,
        agentCalls: agent?.all ?? 0,
      }
    },

    async remove(kind, beforeS, limit) {
      if (kind === 'calls') {
        // Its parties are deleted by the foreign key.
        const calls = await db.query
          .deleteFrom('calls')
          .where('id', 'in', (query) =>
            query
              .selectFrom('calls')
              .select('id')
              .where('started_at', '<', beforeS)
              .orderBy('started_at')
              .orderBy('id')
              .limit(limit),
          )
          .returning('recording')
          .execute()
        const recorded = calls.filter(({ recording }) => recording !== null).length
        return { removed: calls.length, recorded }
      }
      const table = kind === 'placedCalls' ? 'placed_calls' : 'agent_calls'
      const rows = await db.query
        .deleteFrom(table)
        .where('id', 'in', (query) =>
          query
            .selectFrom(table)
            .select('id')
            .where('created_at', '<', beforeS)
            .where('outcome', 'is not', null)
            .orderBy('created_at')
            .limit(limit),
        )
        .returning('id')
        .execute()
      return { removed: rows.length, recorded: 0 }
    },
  }
}
