import type { ProfileChange, User } from '../../../core/auth/users.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { requireUnusedDisplayName } from './display-names.ts'
import { queueUserChange, toUser } from './user-rows.ts'

/** Does what `UserStore.setProfile` promises. */
export const setProfile = (
  db: Database,
  id: string,
  { displayName, language }: ProfileChange,
): Promise<User> =>
  db.transaction(async (trx) => {
    await requireUnusedDisplayName(trx, displayName, id)
    const row = await trx
      .updateTable('users')
      .set((user) => ({
        ...(displayName === undefined ? {} : { display_name: displayName }),
        ...(language === undefined ? {} : { language }),
        profile_revision: user('profile_revision', '+', 1),
      }))
      .where('id', '=', rowId(id) ?? 0)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw new Refusal('not_found', { detail: 'no such user' })
    const agent = await trx
      .selectFrom('agents')
      .select('team')
      .where('user_id', '=', row.id)
      .executeTakeFirst()
    const user = toUser({ ...row, team: agent?.team ?? null })
    if (displayName !== undefined) await queueUserChange(trx, user, false, `profile-${row.profile_revision}`)
    return user
  })
