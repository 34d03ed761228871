import type { RevocationRecord } from '../../../core/auth/revocations.ts'
import type { AccountOrigin, ActingOptions, User } from '../../../core/auth/users.ts'
import { Refusal } from '../../../core/refusal.ts'
import { isStorable, rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { requireActingAdmin } from './acting-admin.ts'
import { bumpGenerationIn, toUser } from './user-rows.ts'

const usersOf = (db: Database, source: string) =>
  db.query
    .selectFrom('users')
    .leftJoin('agents', 'agents.user_id', 'users.id')
    .selectAll('users')
    .select('agents.team')
    .where('users.source', '=', source)

export async function findBySource(
  db: Database,
  source: string,
  sourceId: string,
): Promise<User | undefined> {
  if (!isStorable(sourceId)) return undefined
  const row = await usersOf(db, source).where('users.source_id', '=', sourceId).executeTakeFirst()
  return row && toUser(row)
}

export async function listBySource(
  db: Database,
  source: string,
  { afterId = '0', limit }: { afterId?: string; limit: number },
): Promise<{ user: User; isDisabledBySource: boolean }[]> {
  const rows = await usersOf(db, source)
    .where('users.id', '>', rowId(afterId) ?? 0)
    .orderBy('users.id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ user: toUser(row), isDisabledBySource: row.disabled_by_source === 1 }))
}

/** Does what `UserStore.link` promises. */
export const linkUser = (
  db: Database,
  id: string,
  { source, sourceId, passwordAuthority }: AccountOrigin & Pick<User, 'passwordAuthority'>,
  revokeUntil: number,
  { actorId }: ActingOptions = {},
): Promise<RevocationRecord> =>
  db.transaction(async (trx) => {
    await requireActingAdmin(trx, actorId, id)
    const owner = await trx
      .selectFrom('users')
      .select('id')
      .where('source', '=', source)
      .where('source_id', '=', sourceId)
      .executeTakeFirst()
    if (owner !== undefined && owner.id !== rowId(id)) throw new Refusal('taken', { detail: 'source' })
    const change = {
      ...{ source, source_id: sourceId },
      password_authority: passwordAuthority,
      password_hash: '',
      must_change_password: 0,
    }
    return bumpGenerationIn(trx, id, change, revokeUntil)
  })
