import type { Kysely } from 'kysely'
import type { Tables } from '../tables.ts'
import { nameForm } from './name-form.ts'

const PAGE = 500

/**
 * `revision` rises with each change of a user, so that a reader can check cheaply for changes. `former_user_id` is the
 * last user of a quarantined extension: only this user may get it back. The normal form of names now has domains in
 * ASCII; the few names that differ are updated.
 */
export async function up(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .alterTable('users')
    .addColumn('revision', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
  // The sum over all is read from the index alone.
  await db.schema.createIndex('users_revision').on('users').column('revision').execute()
  await db.schema.alterTable('extensions').addColumn('former_user_id', 'bigint').execute()

  for (let after = 0; ; ) {
    const page = await db
      .selectFrom('users')
      .select(['id', 'username', 'username_folded', 'email', 'email_folded'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute()
    for (const user of page) await rename(db, user)
    const last = page.at(-1)
    if (last === undefined) return
    after = last.id
  }
}

interface Named {
  id: number
  username: string
  username_folded: string
  email: string | null
  email_folded: string | null
}

/** If another account has the name in the new form already, the row stays, as in 0014. */
async function rename(db: Kysely<Tables>, user: Named): Promise<void> {
  const name = nameForm(user.username)
  const email = user.email === null ? null : nameForm(user.email)
  for (const [column, before, after] of [
    ['username_folded', user.username_folded, name],
    ['email_folded', user.email_folded, email],
  ] as const) {
    if (after === null || after === before) continue
    const others = await db
      .selectFrom('users')
      .select('id')
      .where((is) => is.or([is('username_folded', '=', after), is('email_folded', '=', after)]))
      .where('id', '!=', user.id)
      .execute()
    if (others.length > 0) continue
    await db
      .updateTable('users')
      .set({ [column]: after })
      .where('id', '=', user.id)
      .execute()
    await db
      .insertInto('account_names')
      .values({ name: after, user_id: user.id })
      .onConflict((on) => on.column('name').doNothing())
      .execute()
  }
}
