import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Scope } from '../../../core/call-center/agents/scope.ts'
import { rowId } from '../bind.ts'

/** The columns that name a row's owner. */
const OWNER_COLUMNS = {
  agents: { agent: sql.ref('agents.id'), team: sql.ref('agents.team') },
  leads: { agent: sql.ref('leads.agent_id'), team: sql.ref('leads.team') },
} as const

/** Rows that a scope includes: all, the team's and the agent's own, or only the agent's own. */
export function inScope(table: keyof typeof OWNER_COLUMNS, scope: Scope): RawBuilder<SqlBool> {
  if (scope.sees === 'all') return sql`1 = 1`
  const { agent, team } = OWNER_COLUMNS[table]
  const own = sql<SqlBool>`${agent} = ${rowId(scope.agentId) ?? 0}`
  return scope.sees === 'own' ? own : sql`(${team} = ${scope.team} or ${own})`
}
