import { type Selectable, type SqlBool, sql, type Transaction } from 'kysely'
import type { CallRecord, HistoryFilter, HistoryStore } from '../../../core/calls/call-history.ts'
import { toSearchText } from '../../../core/calls/history-search.ts'
import { toEndedCallEvents } from '../../../core/webhooks/call-events.ts'
import { isStorable, rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import type { CallPartiesTable, CallsTable } from '../tables-calls.ts'
import { queueEvents } from '../webhooks/queue-events.ts'
import {
  countCalls,
  countMissedCalls,
  findCallAt,
  findPageIds,
  type HistoryRange,
  isInScope,
} from './call-history-query.ts'

/** Calls that a search reads for one page, and that a total counts: a query occupies the embedded database. */
const MAX_SEARCHED = 100_000
const MAX_COUNTED = 10_000

/** Saving a call again merges both records: no information is lost. */
export function createCallHistoryStore(db: Database): HistoryStore {
  async function read(ids: readonly string[]): Promise<CallRecord[]> {
    if (ids.length === 0) return []
    const rows = await db.query.selectFrom('calls').selectAll().where('id', 'in', ids).execute()
    const parties = await db.query
      .selectFrom('call_parties')
      .select(['call_id', 'user_id', 'extension', 'answered', 'called'])
      .where('call_id', 'in', ids)
      .orderBy('user_id')
      .orderBy('extension')
      .execute()
    const partiesOf = new Map<string, typeof parties>(ids.map((id) => [id, []]))
    for (const party of parties) partiesOf.get(party.call_id)?.push(party)
    return rows.map((row) => toRecord(row, partiesOf.get(row.id) ?? []))
  }

  async function list(filter: HistoryFilter, range: HistoryRange, limit: number): Promise<CallRecord[]> {
    const ids = await findPageIds(db, filter, range, limit)
    const records = new Map((await read(ids)).map((record) => [record.id, record]))
    return ids.flatMap((id) => records.get(id) ?? [])
  }

  return {
    save: (records) =>
      db.transaction(async (trx) => {
        for (const record of records) {
          const startedAt = await saveCall(trx, toRow(record))
          await addParties(trx, record, startedAt)
        }
        await queueEvents(trx, records.flatMap(toEndedCallEvents))
      }),

    async find(id, scope = {}) {
      if (!isStorable(id)) return undefined
      const isBounded = scope.userId !== undefined || scope.team !== undefined
      if (isBounded && !(await isInScope(db, id, scope))) return undefined
      const [record] = await read([id])
      return record
    },

    list: (filter, { after, limit }) => list(filter, { after }, limit),

    async page(filter, { after, limit }) {
      const isSearch = filter.search !== undefined || filter.missedBy !== undefined
      const last = isSearch ? await findCallAt(db, filter, after, MAX_SEARCHED) : undefined
      const calls = await list(filter, { after, last }, limit)
      return { calls, next: calls.length === limit ? calls.at(-1) : last }
    },

    async total(filter) {
      const last = await findCallAt(db, filter, undefined, MAX_COUNTED)
      return { count: await countCalls(db, filter, { last }), isExact: last === undefined }
    },

    countMissed: (userId, since, max) => countMissedCalls(db, userId, since, max),

    async enrich(id, { duration, billable }) {
      await db.query
        .updateTable('calls')
        .set({
          duration: sql`case when duration < ${duration} then ${duration} else duration end`,
          // An unanswered call is not billable, though the CDR may count the time the caller's own phone waited.
          billable: sql`case when billable < ${billable} and outcome in ('answered', 'unknown') then ${billable} else billable end`,
        })
        .where('id', '=', id)
        .execute()
    },

    count: (filter) => countCalls(db, filter),
  }
}

/** @returns the start of the call; saving it again can only make it earlier */
async function saveCall(trx: Transaction<Tables>, row: CallsTable): Promise<number> {
  const saved = await trx
    .insertInto('calls')
    .values(row)
    .onConflict((known) =>
      known.column('id').doUpdateSet({
        direction: sql`excluded.direction`,
        from_number: sql`excluded.from_number`,
        from_name: sql`excluded.from_name`,
        to_number: sql`excluded.to_number`,
        to_name: sql`excluded.to_name`,
        search_text: sql`excluded.search_text`,
        started_at: smaller('started_at'),
        answered_at: sql`case when ${mayBeAnswered} then coalesce(excluded.answered_at, calls.answered_at) end`,
        ended_at: larger('ended_at'),
        duration: larger('duration'),
        billable: sql`case when not ${mayBeAnswered} then 0
          when excluded.answered_at > calls.answered_at then excluded.billable
          else ${larger('billable')} end`,
        outcome: sql`case when excluded.outcome = 'unknown' then calls.outcome else excluded.outcome end`,
        cause: sql`coalesce(excluded.cause, calls.cause)`,
        recording: sql`case when ${hasMoreRecordings} then excluded.recording else calls.recording end`,
        recordings: sql`case when ${hasMoreRecordings} then excluded.recordings else calls.recordings end`,
      }),
    )
    .returning('started_at')
    .executeTakeFirstOrThrow()
  return saved.started_at
}

async function addParties(trx: Transaction<Tables>, { id, parties }: CallRecord, startedAt: number) {
  for (const { userId, extension, answered, called } of parties) {
    const user = rowId(userId)
    if (user === undefined) throw new TypeError('a party is a user id')
    const party = {
      ...{ call_id: id, user_id: user, extension, started_at: startedAt },
      answered: answered ? 1 : 0,
      called: called === true ? 1 : 0,
    }
    await trx
      .insertInto('call_parties')
      .values(party)
      .onConflict((known) => {
        const same = known.columns(['call_id', 'user_id', 'extension'])
        return answered ? same.doUpdateSet({ answered: 1 }) : same.doNothing()
      })
      .execute()
  }
  await trx
    .updateTable('call_parties')
    .set({ started_at: startedAt })
    .where('call_id', '=', id)
    .where('started_at', '!=', startedAt)
    .execute()
}

/** The final record may state that no person answered, though the dialplan did before. */
const mayBeAnswered = sql<SqlBool>`(excluded.outcome in ('answered', 'unknown'))`
/** A record made from fewer events lists fewer recordings. */
const hasMoreRecordings = sql<SqlBool>`(calls.recording is null
  or length(excluded.recordings) >= length(coalesce(calls.recordings, '')))`

type NumericColumn = 'started_at' | 'ended_at' | 'duration' | 'billable'

// One engine has `max(a, b)` and the other `greatest(a, b)`.
const larger = (name: NumericColumn) => pickBy(name, sql`>`)
const smaller = (name: NumericColumn) => pickBy(name, sql`<`)
const pickBy = (name: NumericColumn, than: ReturnType<typeof sql>) => {
  const [reported, stored] = [sql.ref(`excluded.${name}`), sql.ref(`calls.${name}`)]
  return sql<number>`case when ${reported} ${than} ${stored} then ${reported} else ${stored} end`
}

function toRow(record: CallRecord): CallsTable {
  return {
    id: record.id,
    direction: record.direction,
    from_number: record.fromNumber,
    from_name: record.fromName,
    to_number: record.toNumber,
    to_name: record.toName,
    started_at: record.startedAt,
    answered_at: record.answeredAt,
    ended_at: record.endedAt,
    duration: record.duration,
    billable: record.billable,
    outcome: record.outcome,
    cause: record.cause,
    recording: record.recordings[0] ?? null,
    recordings: JSON.stringify(record.recordings),
    search_text: toSearchText(record),
  }
}

/** Calls stored by older releases have the column `recording` only. */
function recordingsOf({ recording, recordings }: Selectable<CallsTable>): readonly string[] {
  if (recordings !== null) return JSON.parse(recordings) as string[] // written by `toRow`
  return recording === null ? [] : [recording]
}

function toRecord(
  row: Selectable<CallsTable>,
  parties: readonly Pick<Selectable<CallPartiesTable>, 'user_id' | 'extension' | 'answered' | 'called'>[],
): CallRecord {
  return {
    id: row.id,
    direction: row.direction,
    fromNumber: row.from_number,
    fromName: row.from_name,
    toNumber: row.to_number,
    toName: row.to_name,
    startedAt: row.started_at,
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
    duration: row.duration,
    billable: row.billable,
    outcome: row.outcome,
    cause: row.cause,
    recordings: recordingsOf(row),
    parties: parties.map(({ user_id, extension, answered, called }) => ({
      userId: String(user_id),
      extension,
      answered: answered === 1,
      ...(called === 1 && { called: true as const }),
    })),
  }
}
