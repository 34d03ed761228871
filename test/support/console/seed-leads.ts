import { sql } from 'kysely'
import { defaultDatabaseUrl } from '../../../api/config/config.ts'
import { createAgentCallStore } from '../../../api/store/sql/call-center/agent-calls.ts'
import { type Database, openDatabase } from '../../../api/store/sql/database.ts'

/** Names that a table can be sorted and searched by. */
const FIRST = ['Ada', 'Bob', 'Chen', 'Dora', 'Emil', 'Fatima', 'Georg', 'Hana', 'Igor', 'Jana']
const LAST = ['King', 'Müller', 'Novák', 'Ortiz', 'Petrov', 'Quinn', 'Rossi', 'Smith', 'Tanaka', 'Usman']

/**
 * Stores leads in the database of a running stack.
 *
 * @param data folder of the stack
 */
export async function seedLeads(data: string, count: number): Promise<void> {
  const db = await openDatabase(defaultDatabaseUrl(data), { timeoutMs: 120_000 })
  try {
    await seedLeadRows(db, count)
  } finally {
    await db.close()
  }
}

/** Stores a call of an agent to a lead, beside its record in the history. */
export async function seedAgentCall(
  data: string,
  call: { callId: string; agentId: number; leadId: number; startedAt: number },
): Promise<void> {
  const db = await openDatabase(defaultDatabaseUrl(data))
  try {
    await createAgentCallStore(db).add({
      callId: call.callId,
      agentId: String(call.agentId),
      leadId: String(call.leadId),
      campaignId: null,
      number: '+4930555777',
      createdAt: call.startedAt,
    })
  } finally {
    await db.close()
  }
}

/** Adds leads by one statement: of two teams, seven agents or none, and all statuses but one. */
export const seedLeadRows = ({ query }: Pick<Database, 'query'>, count: number) =>
  sql`
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(count)}),
      parts as (select n,
        ${pick(FIRST, 'n % 10')} as first_name,
        ${pick(LAST, '(n / 10) % 10')} as last_name
        from numbers)
      insert into leads (first_name, first_folded, last_name, last_folded, phone, number, company, company_folded,
        status, team, agent_id, attempts, dial_state, next_try_at, version, created_at, updated_at)
      select first_name, lower(first_name), last_name || ' ' || n, lower(last_name || ' ' || n),
        '+4930' || (1000000 + n), '+4930' || (1000000 + n), 'Firm ' || (n % 1000), 'firm ' || (n % 1000),
        ${pick(['new', 'new', 'new', 'new', 'contacted', 'contacted', 'qualified', 'converted', 'lost', 'lost'], '(n / 3) % 10')},
        case when n % 2 = 0 then 'sales' else 'support' end,
        case when n % 3 = 0 then null else 1000 + n % 7 end,
        0, 'idle', 0, 1, 1700000000 + n, 1700000000 + n
      from parts`.execute(query)

const pick = (texts: readonly string[], index: string) =>
  sql`case ${sql.raw(index)} ${sql.join(
    texts.map((text, at) => sql`when ${sql.lit(at)} then ${sql.lit(text)}`),
    sql` `,
  )} end`
