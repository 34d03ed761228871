import type { FavouriteStore } from '../../../core/directory/people.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'

export function createFavouriteStore(db: Database): FavouriteStore {
  return {
    async list(userId) {
      const rows = await db.query
        .selectFrom('favourites')
        .select('extension')
        .where('user_id', '=', rowId(userId) ?? 0)
        .execute()
      return rows.map(({ extension }) => extension)
    },

    add: (userId, extension, { now, max }) =>
      db.transaction(async (trx) => {
        const user = rowId(userId) ?? 0
        // Changes nothing: it locks the user's row, so that concurrent requests do not pass the limit together.
        const locked = await trx
          .updateTable('users')
          .set((row) => ({ disabled: row.ref('disabled') }))
          .where('id', '=', user)
          .returning('id')
          .executeTakeFirst()
        if (locked === undefined) return true
        const { others } = await trx
          .selectFrom('favourites')
          .select((of) => of.fn.countAll<number>().as('others'))
          .where('user_id', '=', user)
          .where('extension', '!=', extension)
          .executeTakeFirstOrThrow()
        if (others >= max) return false
        await trx
          .insertInto('favourites')
          .values({ user_id: user, extension, created_at: now })
          .onConflict((known) => known.columns(['user_id', 'extension']).doNothing())
          .execute()
        return true
      }),

    async remove(userId, extension) {
      await db.query
        .deleteFrom('favourites')
        .where('user_id', '=', rowId(userId) ?? 0)
        .where('extension', '=', extension)
        .execute()
    },
  }
}
