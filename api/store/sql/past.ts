import type { PastStore } from '../../core/calls/past.ts'
import type { Database } from './database.ts'

/** What waits for its outcome is not over, however old. */
export function createPastStore(db: Database): PastStore {
  return {
    async count(beforeS) {
      const calls = await db.query
        .selectFrom('calls')
        .select(({ fn }) => [fn.countAll<number>().as('all'), fn.count<number>('recording').as('recorded')])
        .where('started_at', '<', beforeS)
        .executeTakeFirstOrThrow()
      const [dialled, desk] = await Promise.all(
        (['dialled_calls', 'desk_calls'] as const).map((table) =>
          db.query
            .selectFrom(table)
            .select(({ fn }) => fn.countAll<number>().as('all'))
            .where('created_at', '<', beforeS)
            .where('outcome', 'is not', null)
            .executeTakeFirstOrThrow(),
        ),
      )
      return { calls: calls.all, recorded: calls.recorded, dialled: dialled?.all ?? 0, desk: desk?.all ?? 0 }
    },

    remove: (beforeS, most) =>
      db.transaction(async (trx) => {
        // What belongs to a call goes with it.
        const calls = await trx
          .deleteFrom('calls')
          .where('id', 'in', (query) =>
            query
              .selectFrom('calls')
              .select('id')
              .where('started_at', '<', beforeS)
              .orderBy('started_at')
              .orderBy('id')
              .limit(most),
          )
          .returning('recording')
          .execute()
        const dialled = await trx
          .deleteFrom('dialled_calls')
          .where('id', 'in', (query) =>
            query
              .selectFrom('dialled_calls')
              .select('id')
              .where('created_at', '<', beforeS)
              .where('outcome', 'is not', null)
              .limit(most),
          )
          .returning('id')
          .execute()
        const desk = await trx
          .deleteFrom('desk_calls')
          .where('id', 'in', (query) =>
            query
              .selectFrom('desk_calls')
              .select('id')
              .where('created_at', '<', beforeS)
              .where('outcome', 'is not', null)
              .orderBy('created_at')
              .limit(most),
          )
          .returning('id')
          .execute()
        const recorded = calls.filter(({ recording }) => recording !== null).length
        return { calls: calls.length, recorded, dialled: dialled.length, desk: desk.length }
      }),
  }
}
