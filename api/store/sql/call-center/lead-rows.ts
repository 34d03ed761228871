import { type Expression, type ExpressionBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import type { Scope } from '../../../core/call-center/agents/scope.ts'
import type { Callback, Lead } from '../../../core/call-center/leads/lead.ts'
import type { LeadChange, NewLead } from '../../../core/call-center/leads/lead-store.ts'
import { normalizeName } from '../../../core/values/account-names.ts'
import { foldCase } from '../../../core/values/fold-case.ts'
import { rowId } from '../bind.ts'
import type { Tables } from '../tables.ts'
import type { LeadsTable } from '../tables-leads.ts'
import { inScope } from './scope.ts'

export const toLead = (row: Selectable<LeadsTable>): Lead => ({
  id: String(row.id),
  firstName: row.first_name,
  lastName: row.last_name,
  phone: row.phone,
  number: row.number,
  email: row.email,
  company: row.company,
  title: row.title,
  status: row.status,
  notes: row.notes,
  timeZone: row.time_zone,
  team: row.team,
  agentId: textId(row.agent_id),
  campaignId: textId(row.campaign_id),
  attempts: row.attempts,
  lastCallAt: row.last_call_at,
  lastOutcome: row.last_outcome,
  dialState: row.dial_state,
  nextTryAt: row.next_try_at,
  callback: toCallback(row),
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

/** Columns of the given members; undefined leaves a column unchanged. */
export const toLeadColumns = (change: LeadChange) => ({
  first_name: change.firstName,
  first_folded: foldOrNull(change.firstName),
  last_name: change.lastName,
  last_folded: foldOrNull(change.lastName),
  phone: change.phone,
  number: change.number,
  email: change.email,
  email_folded: typeof change.email === 'string' ? normalizeName(change.email) : change.email,
  company: change.company,
  company_folded: foldOrNull(change.company),
  title: change.title,
  status: change.status,
  notes: change.notes,
  time_zone: change.timeZone,
  team: change.team,
  agent_id: toKey(change.agentId),
  campaign_id: toKey(change.campaignId),
  attempts: change.attempts,
  dial_state: change.dialState,
  next_try_at: change.nextTryAt,
  ...(change.callback === undefined ? {} : toCallbackColumns(change.callback)),
})

export const toNewLeadRow = (lead: NewLead, now: number) => ({
  ...toLeadColumns(lead),
  team: resolveLeadTeam(lead),
  first_name: lead.firstName,
  last_name: lead.lastName,
  phone: lead.phone,
  number: lead.number,
  status: lead.status,
  attempts: lead.attempts,
  dial_state: lead.dialState,
  next_try_at: lead.nextTryAt,
  version: 1,
  created_at: now,
  updated_at: now,
})

/** A lead without agent and team gets its campaign's team: otherwise no supervisor would see it. */
export function resolveLeadTeam({
  team,
  agentId,
  campaignId,
}: Pick<Lead, 'team' | 'agentId' | 'campaignId'>) {
  if (team !== null || agentId !== null || campaignId === null) return team
  return sql<string | null>`(select campaigns.team from campaigns where campaigns.id = ${toKey(campaignId)})`
}

/**
 * The team of a lead that gets back an owner from before: a team that the agent or the campaign had then may be another
 * now.
 */
export function resolveTeamAgain(lead: Pick<Lead, 'team' | 'agentId' | 'campaignId'>) {
  if (lead.agentId === null) return resolveLeadTeam(lead)
  return sql<string | null>`(select agents.team from agents where agents.id = ${toKey(lead.agentId)})`
}

const isForOther = (owner: 'leads.agent_id' | 'leads.callback_agent_id', agentId: number) => sql<boolean>`(
  ${sql.ref(owner)} is not null and ${sql.ref(owner)} <> ${agentId} and exists (
    select 1 from campaign_agents as member
    where member.campaign_id = leads.campaign_id and member.agent_id = ${sql.ref(owner)}))`

/**
 * A lead that is assigned to an agent of its campaign is called only by that agent. A callback decides for itself: only
 * the agent who agreed it calls, or any agent of the campaign.
 */
export const isCallableBy = (agentId: number) => sql<boolean>`(case
  when leads.callback_at is null then not ${isForOther('leads.agent_id', agentId)}
  when leads.callback_is_own = 1 then not ${isForOther('leads.callback_agent_id', agentId)}
  else 1 = 1 end)`

/** Leads that may be read: those of the scope, and those that the agent is calling or called last. */
export function isReadable(is: ExpressionBuilder<Tables, 'leads'>, scope: Scope): Expression<SqlBool> {
  if (scope.sees === 'all') return inScope('leads', scope)
  const agent = rowId(scope.agentId) ?? 0
  return is.or([
    inScope('leads', scope),
    is('leads.dialling_agent_id', '=', agent),
    is('leads.last_agent_id', '=', agent),
  ])
}

type CallbackColumn =
  | 'callback_at'
  | 'callback_time_zone'
  | 'callback_agent_id'
  | 'callback_is_own'
  | 'callback_attempts'

const toCallback = (row: Pick<Selectable<LeadsTable>, CallbackColumn>): Callback | null =>
  row.callback_at === null
    ? null
    : {
        at: row.callback_at,
        timeZone: row.callback_time_zone ?? 'UTC',
        agentId: String(row.callback_agent_id ?? 0),
        isOwn: row.callback_is_own === 1,
        attemptsBefore: row.callback_attempts ?? 0,
      }

export const toCallbackColumns = (callback: Callback | null) => ({
  callback_at: callback?.at ?? null,
  callback_time_zone: callback?.timeZone ?? null,
  callback_agent_id: callback === null ? null : (rowId(callback.agentId) ?? 0),
  callback_is_own: callback === null ? null : callback.isOwn ? 1 : 0,
  callback_attempts: callback?.attemptsBefore ?? null,
})

function foldOrNull<T extends string | null | undefined>(text: T) {
  return typeof text === 'string' ? foldCase(text) : text
}

function toKey(id: string | null | undefined): number | null | undefined {
  return typeof id === 'string' ? (rowId(id) ?? 0) : id
}

const textId = (key: number | null): string | null => (key === null ? null : String(key))
