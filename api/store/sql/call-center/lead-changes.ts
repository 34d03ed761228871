import type { Transaction } from 'kysely'
import type { Scope } from '../../../core/call-center/agents/scope.ts'
import type { Lead } from '../../../core/call-center/leads/lead.ts'
import type { LeadUpdate } from '../../../core/call-center/leads/lead-store.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Tables } from '../tables.ts'
import { addToDoNotCall } from './do-not-call.ts'
import { isReadable, resolveLeadTeam, toLead, toLeadColumns } from './lead-rows.ts'

/**
 * Locks the lead until the transaction ends, by an update that changes nothing: both engines support it.
 * @throws {Refusal} `not_found`
 */
export async function lockLead(trx: Transaction<Tables>, id: string, scope: Scope): Promise<Lead> {
  const row = await trx
    .updateTable('leads')
    .set((lead) => ({ version: lead.ref('version') }))
    .where('id', '=', rowId(id) ?? 0)
    .where((is) => isReadable(is, scope))
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw new Refusal('not_found', { detail: 'no such lead' })
  return toLead(row)
}

/** @throws {Refusal} `not_found`, and any error of `update` */
export async function changeLead(
  trx: Transaction<Tables>,
  id: string,
  scope: Scope,
  update: (lead: Lead) => LeadUpdate,
  now: number,
): Promise<Lead> {
  const lead = await lockLead(trx, id, scope)
  return storeUpdate(trx, lead, update(lead), now)
}

/**
 * As `changeLead`, for leads that may stay as they are.
 * @param update undefined: no change
 * @returns whether the lead was changed
 * @throws {Refusal} as `changeLead`
 */
export async function changeLeadIf(
  trx: Transaction<Tables>,
  id: string,
  scope: Scope,
  update: (lead: Lead) => LeadUpdate | undefined,
  now: number,
): Promise<boolean> {
  const lead = await lockLead(trx, id, scope)
  const decided = update(lead)
  if (decided !== undefined) await storeUpdate(trx, lead, decided, now)
  return decided !== undefined
}

async function storeUpdate(
  trx: Transaction<Tables>,
  lead: Lead,
  { changes, doNotCall, afterCall }: LeadUpdate,
  now: number,
): Promise<Lead> {
  if (doNotCall !== undefined) await addToDoNotCall(trx, [doNotCall], now)
  const row = await trx
    .updateTable('leads')
    .set({
      ...toLeadColumns(changes),
      team: resolveLeadTeam({ ...lead, ...changes }),
      version: lead.version + 1,
      updated_at: now,
    })
    .where('id', '=', rowId(lead.id) ?? 0)
    .returningAll()
    .executeTakeFirstOrThrow()
  if (afterCall !== undefined) await storeAfterCall(trx, lead.id, afterCall)
  return toLead(row)
}

async function storeAfterCall(
  trx: Transaction<Tables>,
  id: string,
  afterCall: Exclude<LeadUpdate['afterCall'], undefined>,
): Promise<void> {
  const callId = afterCall?.callId
  await trx
    .updateTable('leads')
    .set({ result_state: afterCall?.state ?? null, result_try_at: afterCall?.nextTryAt ?? null })
    .where('id', '=', rowId(id) ?? 0)
    .where('dial_state', '=', 'dialling')
    .$if(callId !== undefined, (query) => query.where('dialling_call_id', '=', callId ?? ''))
    .execute()
}
