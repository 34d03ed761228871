import type { MissedCallMarks } from '../../../core/calls/missed-calls.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'

export function createMissedCallMarks(db: Database): MissedCallMarks {
  return {
    async find(userId) {
      const row = await db.query
        .selectFrom('missed_call_marks')
        .select('seen_until')
        .where('user_id', '=', rowId(userId) ?? 0)
        .executeTakeFirst()
      return row?.seen_until
    },

    async advance(userId, seenUntil) {
      const row = { user_id: rowId(userId) ?? 0, seen_until: seenUntil }
      await db.query
        .insertInto('missed_call_marks')
        .values(row)
        .onConflict((known) =>
          known
            .column('user_id')
            .doUpdateSet({ seen_until: seenUntil })
            .where('missed_call_marks.seen_until', '<', seenUntil),
        )
        .execute()
    },
  }
}
