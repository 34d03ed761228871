import type { Insertable } from 'kysely'
import type { Database } from '../../../api/store/sql/database.ts'
import type { CampaignsTable, LeadsTable } from '../../../api/store/sql/tables-call-centre.ts'

/** Unix seconds. */
export const now = 1_700_000_000

/** A campaign that dials, as it is kept; tests name what is different. @returns its id */
export async function addCampaign(db: Database, difference: Partial<Insertable<CampaignsTable>> = {}) {
  const { id } = await db.query
    .insertInto('campaigns')
    .values({
      name: 'Spring',
      description: null,
      team: null,
      status: 'active',
      dialer_mode: 'progressive',
      rules_json: '{}',
      automation: 1,
      automation_note: null,
      stopped: 0,
      version: 1,
      created_at: now,
      updated_at: now,
      ...difference,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return String(id)
}

/** A lead whose turn it is, with a number of its own. @returns its id */
export async function addLead(
  db: Database,
  campaignId: string | null,
  difference: Partial<Insertable<LeadsTable>> = {},
) {
  const { count } = await db.query
    .selectFrom('leads')
    .select((is) => is.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const number = `+4930${100_000 + Number(count)}`
  const { id } = await db.query
    .insertInto('leads')
    .values({
      first_name: 'Lea',
      last_name: 'Dahl',
      phone: number,
      number,
      email: null,
      company: null,
      title: null,
      status: 'new',
      notes: null,
      time_zone: null,
      team: null,
      agent_id: null,
      campaign_id: campaignId === null ? null : Number(campaignId),
      attempts: 0,
      last_call_at: null,
      last_outcome: null,
      dial_state: campaignId === null ? 'idle' : 'waiting',
      next_try_at: now,
      dialling_call_id: null,
      dialling_agent_id: null,
      dialling_since: null,
      dialling_from: null,
      version: 1,
      created_at: now,
      updated_at: now,
      ...difference,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return String(id)
}

/** A lead as it is kept. */
export const leadOf = (db: Database, id: string) =>
  db.query.selectFrom('leads').selectAll().where('id', '=', Number(id)).executeTakeFirstOrThrow()
