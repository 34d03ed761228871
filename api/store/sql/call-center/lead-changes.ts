import type { Transaction } from 'kysely'
import type { Scope } from '../../../core/call-center/agents/scope.ts'
import type { Lead } from '../../../core/call-center/leads/lead.ts'
import type { Decision } from '../../../core/call-center/leads/lead-store.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Tables } from '../tables.ts'
import { bar } from './do-not-call.ts'
import { columnsOf, opened, teamOf, toLead } from './lead-rows.ts'

/**
 * Nobody else changes the lead until the transaction ends: the one way to say so that both engines know.
 * @throws {Refusal} `not_found`
 */
export async function hold(trx: Transaction<Tables>, id: string, scope: Scope): Promise<Lead> {
  const row = await trx
    .updateTable('leads')
    .set((lead) => ({ version: lead.ref('version') }))
    .where('id', '=', rowId(id) ?? 0)
    .where((is) => opened(is, scope))
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw new Refusal('not_found', { detail: 'no such lead' })
  return toLead(row)
}

/** @throws {Refusal} `not_found`, and whatever `decide` throws */
export async function changeLead(
  trx: Transaction<Tables>,
  id: string,
  scope: Scope,
  decide: (lead: Lead) => Decision,
  now: number,
): Promise<Lead> {
  const lead = await hold(trx, id, scope)
  const { set, barred } = decide(lead)
  if (barred !== undefined) await bar(trx, [barred], now)
  const row = await trx
    .updateTable('leads')
    .set({
      ...columnsOf(set),
      team: teamOf({ ...lead, ...set }),
      version: lead.version + 1,
      updated_at: now,
    })
    .where('id', '=', rowId(id) ?? 0)
    .returningAll()
    .executeTakeFirstOrThrow()
  return toLead(row)
}
