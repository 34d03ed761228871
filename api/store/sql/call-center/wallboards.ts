import { type Selectable, sql } from 'kysely'
import type { Wallboard, WallboardStore } from '../../../core/call-center/board/wallboards.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { WallboardsTable } from '../tables-call-center.ts'

export function createWallboardStore(db: Database): WallboardStore {
  return {
    async add({ tokenHash, createdBy, createdAt, expiresAt, hidesNames, name, team }, max) {
      await db.query.deleteFrom('wallboards').where('expires_at', '<=', createdAt).execute()
      const maker = rowId(createdBy) ?? 0
      const { rows } = await sql<Selectable<WallboardsTable>>`
        insert into wallboards (name, team, token_hash, hides_names, created_by, created_at, expires_at)
          select cast(${name} as text), cast(${team} as text), cast(${tokenHash} as text), cast(${hidesNames ? 1 : 0} as bigint),
              cast(${maker} as bigint), cast(${createdAt} as bigint), cast(${expiresAt} as bigint)
            where (select count(*) from wallboards where created_by = ${maker}) < ${max}
              and (select count(*) from wallboards where coalesce(team, '') = ${team ?? ''}) < ${max}
          returning *`.execute(db.query)
      return rows[0] && toWallboard(rows[0])
    },

    async list(team, { afterId = '0', limit }) {
      const rows = await db.query
        .selectFrom('wallboards')
        .selectAll()
        .where('id', '>', rowId(afterId) ?? 0)
        .$if(team !== undefined, (query) => query.where('team', '=', team ?? ''))
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toWallboard)
    },

    async count(team) {
      const { links } = await db.query
        .selectFrom('wallboards')
        .select((of) => of.fn.countAll().as('links'))
        .$if(team !== undefined, (query) => query.where('team', '=', team ?? ''))
        .executeTakeFirstOrThrow()
      return Number(links)
    },

    async remove(id, team) {
      const row = await db.query
        .deleteFrom('wallboards')
        .where('id', '=', rowId(id) ?? 0)
        .$if(team !== undefined, (query) => query.where('team', '=', team ?? ''))
        .returningAll()
        .executeTakeFirst()
      return row && toWallboard(row)
    },

    async findLive(tokenHash, now) {
      const row = await db.query
        .selectFrom('wallboards')
        .innerJoin('users', 'users.id', 'wallboards.created_by')
        .leftJoin('agents', 'agents.user_id', 'users.id')
        .selectAll('wallboards')
        .where('wallboards.token_hash', '=', tokenHash)
        .where((is) =>
          is.or([is('wallboards.expires_at', 'is', null), is('wallboards.expires_at', '>', now)]),
        )
        .where('users.disabled', '=', 0)
        .where((is) =>
          is.or([
            is('users.role', '=', 'admin'),
            is.and([is('users.role', '=', 'supervisor'), is('agents.team', '=', is.ref('wallboards.team'))]),
          ]),
        )
        .executeTakeFirst()
      return row && { wallboard: toWallboard(row), tokenHash: row.token_hash }
    },
  }
}

const toWallboard = (row: Selectable<WallboardsTable>): Wallboard => ({
  id: String(row.id),
  name: row.name,
  team: row.team,
  hidesNames: row.hides_names === 1,
  createdBy: String(row.created_by),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
})
