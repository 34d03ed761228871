import { type Expression, expressionBuilder, type Selectable, type SqlBool, type Transaction } from 'kysely'
import type {
  DoNotCall,
  DoNotCallEntry,
  DoNotCallFilter,
  ListedNumber,
} from '../../../core/call-center/leads/do-not-call.ts'
import { isStorable } from '../bind.ts'
import { chunks } from '../chunks.ts'
import { beginsWith, contains, containsInAnyCase } from '../contains.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import type { DoNotCallTable } from '../tables-leads.ts'

/** Each number has about ten spellings, each a parameter of the statement. */
const NUMBERS_PER_QUERY = 500

export function createDoNotCall(db: Database): DoNotCall {
  return {
    async has(spellings) {
      const storableNumbers = spellings.filter(isStorable)
      if (storableNumbers.length === 0) return false
      const row = await db.query
        .selectFrom('do_not_call')
        .select('number')
        .where('number', 'in', storableNumbers)
        .executeTakeFirst()
      return row !== undefined
    },

    add: (numbers, reason, now) =>
      db.transaction((trx) =>
        addToDoNotCall(
          trx,
          numbers.map((variants) => ({ variants, reason })),
          now,
        ),
      ),

    async remove(spellings) {
      const storableNumbers = spellings.filter(isStorable)
      if (storableNumbers.length === 0) return false
      const rows = await db.query
        .deleteFrom('do_not_call')
        .where('number', 'in', storableNumbers)
        .returning('number')
        .execute()
      return rows.length > 0
    },

    async list({ after = '', limit, filter }) {
      if (!isStorable(filter?.reason ?? '')) return []
      const rows = await db.query
        .selectFrom('do_not_call')
        .selectAll()
        .where('number', '>', after)
        .where(conditions(filter))
        .orderBy('number')
        .limit(limit)
        .execute()
      return rows.map(toListedNumber)
    },

    async count(filter) {
      if (!isStorable(filter?.reason ?? '')) return 0
      const { found } = await db.query
        .selectFrom('do_not_call')
        .select((of) => of.fn.countAll<number>().as('found'))
        .where(conditions(filter))
        .executeTakeFirstOrThrow()
      return found
    },

    async find(spellings) {
      const storableNumbers = spellings.filter(isStorable)
      if (storableNumbers.length === 0) return undefined
      const row = await db.query
        .selectFrom('do_not_call')
        .selectAll()
        .where('number', 'in', storableNumbers)
        .executeTakeFirst()
      return row && toListedNumber(row)
    },
  }
}

function conditions(filter: DoNotCallFilter | undefined): Expression<SqlBool> {
  const is = expressionBuilder<Tables, 'do_not_call'>()
  if (filter === undefined) return is.and([])
  return is.or([
    containsInAnyCase('reason', filter.reason),
    ...(filter.digits === undefined ? [] : [contains('number', filter.digits)]),
    ...filter.prefixes.map((prefix) => beginsWith('number', prefix)),
  ])
}

const toListedNumber = ({ number, reason, added_at }: Selectable<DoNotCallTable>): ListedNumber => ({
  number,
  reason,
  addedAt: added_at,
})

/** Adds numbers to the list; a number that is listed in any spelling is not added again. @returns the number of new entries */
export async function addToDoNotCall(
  trx: Transaction<Tables>,
  numbers: readonly DoNotCallEntry[],
  now: number,
): Promise<number> {
  let added = 0
  for (const batch of chunks(numbers, NUMBERS_PER_QUERY)) {
    const listed = await trx
      .selectFrom('do_not_call')
      .select('number')
      .where(
        'number',
        'in',
        batch.flatMap(({ variants }) => variants),
      )
      .execute()
    const listedNumbers = new Set(listed.map(({ number }) => number))
    const unlisted = batch.filter(({ variants }) => !variants.some((one) => listedNumbers.has(one)))
    if (unlisted.length === 0) continue
    const rows = await trx
      .insertInto('do_not_call')
      .values(unlisted.map(({ variants: [number], reason }) => ({ number, reason, added_at: now })))
      .onConflict((known) => known.doNothing())
      .returning('number')
      .execute()
    added += rows.length
  }
  return added
}
