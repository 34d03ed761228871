import { type Expression, expressionBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import type {
  SecurityEventFilter,
  SecurityEventStore,
  SecurityRecord,
  StoredSecurityRecord,
} from '../../../core/auth/security-events.ts'
import { normalizeName } from '../../../core/values/account-names.ts'
import { isStorable, rowId } from '../bind.ts'
import { contains } from '../contains.ts'
import type { Database } from '../database.ts'
import type { SecurityEventsTable, Tables } from '../tables.ts'

export function createSecurityEventStore(db: Database): SecurityEventStore {
  return {
    async add(records) {
      if (records.length > 0)
        await db.query.insertInto('security_events').values(records.map(toRow)).execute()
    },

    async list(filter, { after, limit }) {
      if (!isStorable(filter.text ?? '')) return []
      const rows = await db.query
        .selectFrom('security_events')
        .selectAll()
        .where(conditions(filter))
        .$if(after !== undefined, (query) =>
          query.where(sql<SqlBool>`(at, id) < (${after?.at}, ${rowId(after?.id ?? '') ?? 0})`),
        )
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(toRecord)
    },

    async count(filter) {
      if (!isStorable(filter.text ?? '')) return 0
      const { events } = await db.query
        .selectFrom('security_events')
        .select((of) => of.fn.countAll<number>().as('events'))
        .where(conditions(filter))
        .executeTakeFirstOrThrow()
      return events
    },

    async purge(beforeS, limit) {
      const rows = await db.query
        .deleteFrom('security_events')
        .where('id', 'in', (query) =>
          query
            .selectFrom('security_events')
            .select('id')
            .where('at', '<', beforeS)
            .orderBy('at')
            .orderBy('id')
            .limit(limit),
        )
        .returning('id')
        .execute()
      return rows.length
    },
  }
}

function conditions({ event, userId, from, to, text }: SecurityEventFilter): Expression<SqlBool> {
  const is = expressionBuilder<Tables, 'security_events'>()
  const all: Expression<SqlBool>[] = []
  if (event !== undefined) all.push(is('event', '=', event))
  if (userId !== undefined) all.push(is('user_id', '=', rowId(userId) ?? 0))
  if (from !== undefined) all.push(is('at', '>=', from))
  if (to !== undefined) all.push(is('at', '<', to))
  if (text !== undefined) {
    const folded = normalizeName(text)
    // Most events name a user by their id alone.
    const named = is.selectFrom('users').where(contains('users.username_folded', folded))
    all.push(
      is.or([
        contains('search_text', folded),
        is('user_id', 'in', named.select('users.id')),
        is('actor_id', 'in', named.select(sql<string>`cast(users.id as text)`.as('id'))),
      ]),
    )
  }
  return is.and(all)
}

const toRow = ({ at, event, userId, actorId, address, sessionId, detail }: SecurityRecord) => ({
  at,
  event,
  user_id: userId === null ? null : (rowId(userId) ?? null),
  actor_id: actorId,
  address,
  session_id: sessionId,
  detail_json: JSON.stringify(detail),
  search_text: normalizeName([event, address, ...Object.values(detail)].join(' ')),
})

const toRecord = (row: Selectable<SecurityEventsTable>): StoredSecurityRecord => ({
  id: String(row.id),
  at: row.at,
  event: row.event,
  userId: row.user_id === null ? null : String(row.user_id),
  actorId: row.actor_id,
  address: row.address,
  sessionId: row.session_id,
  detail: JSON.parse(row.detail_json) as Record<string, string>, // `toRow` wrote it
})
