import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { User, UserCursor, UserFilter } from '../../../core/auth/users.ts'
import { normalizeName } from '../../../core/values/account-names.ts'
import { isStorable, rowId } from '../bind.ts'
import { contains, containsInAnyCase } from '../contains.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import { toUser } from './user-rows.ts'

/** One page of users by username. */
export async function searchUsers(
  db: Database,
  filter: UserFilter,
  { after, limit }: { after?: UserCursor; limit: number },
): Promise<User[]> {
  if (!isStorable(filter.text ?? '') || !isStorable(after?.username ?? '')) return []
  const rows = await db.query
    .selectFrom('users')
    .leftJoin('agents', 'agents.user_id', 'users.id')
    .selectAll('users')
    .select('agents.team')
    .where(conditions(filter))
    .$if(after !== undefined, (query) =>
      query.where(
        sql<SqlBool>`(users.username_folded, users.id) > (${normalizeName(after?.username ?? '')}, ${rowId(after?.id ?? '') ?? 0})`,
      ),
    )
    .orderBy('users.username_folded')
    .orderBy('users.id')
    .limit(limit)
    .execute()
  return rows.map(toUser)
}

export async function countUsers(db: Database, filter: UserFilter): Promise<number> {
  if (!isStorable(filter.text ?? '')) return 0
  const { found } = await db.query
    .selectFrom('users')
    .select((of) => of.fn.countAll<number>().as('found'))
    .where(conditions(filter))
    .executeTakeFirstOrThrow()
  return found
}

function conditions({ text, role, disabled }: UserFilter): Expression<SqlBool> {
  const is = expressionBuilder<Tables, 'users'>()
  const all: Expression<SqlBool>[] = []
  if (role !== undefined) all.push(is('users.role', '=', role))
  if (disabled !== undefined) all.push(is('users.disabled', '=', disabled ? 1 : 0))
  if (text !== undefined) {
    const folded = normalizeName(text)
    all.push(
      is.or([
        contains('users.username_folded', folded),
        contains('users.email_folded', folded),
        contains('users.extension', folded),
        containsInAnyCase('users.display_name', text),
      ]),
    )
  }
  return is.and(all)
}
