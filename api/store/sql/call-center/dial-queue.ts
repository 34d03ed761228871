import { sql } from 'kysely'
import type { DialAttempt, DialQueue } from '../../../core/call-center/campaigns/dial-queue.ts'
import type { LeadStatus } from '../../../core/call-center/leads/lead.ts'
import { DoNotCallRefusal } from '../../../core/dial-policy/clearance.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { UniqueViolation } from '../errors.ts'
import { isCallableBy } from './lead-rows.ts'

/** Nothing is left to say to them. */
const CLOSED_STATUSES: readonly LeadStatus[] = ['converted', 'lost', 'do_not_call']
/** How many at the head of a queue are looked at for those that must not be called. */
const HEAD_SIZE = 50
/** Of one statement: SQLite joins no more than 500 queries. */
const ZONES_PER_QUERY = 100

const ATTEMPT_COLUMNS = [
  'id',
  'number',
  'campaign_id',
  'dialling_agent_id',
  'dialling_call_id',
  'dialling_from',
  'dialling_since',
  'attempts',
] as const
interface Row {
  id: number
  number: string
  campaign_id: number | null
  dialling_agent_id: number | null
  dialling_call_id: string | null
  dialling_from: DialAttempt['from'] | null
  dialling_since: number | null
  attempts: number
}

/** Each claim is one statement; what two of them do at the same moment is for the unique indexes to see. */
export function createDialQueue(db: Database): DialQueue {
  const isOnDoNotCallList = sql<boolean>`exists (select 1 from do_not_call where do_not_call.number = leads.number)`
  const isNumberFree = sql<boolean>`not exists (
    select 1 from leads as other where other.number = leads.number and other.dial_state = 'dialling')`
  const isAgentFree = (agentId: number) => sql<boolean>`not exists (
    select 1 from leads as other where other.dialling_agent_id = ${agentId} and other.dial_state = 'dialling')`

  /** Whoever is in the call, or has handed it on. */
  const callingAgentId = sql<number>`coalesce(dialling_agent_id, last_agent_id)`
  const callingAgentTeam = sql<
    string | null
  >`(select agents.team from agents where agents.id = ${callingAgentId})`
  const isUnassigned = sql<boolean>`(agent_id is null and (team is null or team = ${callingAgentTeam}))`

  const claimUpdate = (agentId: number, callId: string, now: number) =>
    db.query.updateTable('leads').set((lead) => ({
      dialling_from: lead.ref('dial_state').$castTo<DialAttempt['from']>(), // none that is dialling is claimed
      dial_state: 'dialling',
      dialling_agent_id: agentId,
      dialling_call_id: callId,
      dialling_since: now,
    }))

  /** Of one campaign and one zone, in the order of their turns. */
  const dueLeads = (campaignId: number, zone: string | null, now: number) =>
    db.query
      .selectFrom('leads')
      .select('leads.id')
      .where('campaign_id', '=', campaignId)
      // Not a parameter: the index is of those that wait.
      .where(sql<boolean>`dial_state = 'waiting'`)
      .where('time_zone', zone === null ? 'is' : '=', zone)
      .where('next_try_at', '<=', now)
      .orderBy('next_try_at')
      .orderBy('leads.id')

  type Zone = string | null
  /** Ids of several zones, some of each, the first zone's first: each zone has a stretch of the index to itself. */
  function acrossZones(zones: readonly Zone[], leadsOf: (zone: Zone) => ReturnType<typeof dueLeads>) {
    const [first, ...others] = zones.map((zone, turn) =>
      db.query
        .selectFrom(leadsOf(zone).as('lead'))
        .select(['lead.id', sql<number>`${sql.lit(turn)}`.as('turn')]),
    )
    if (first === undefined) throw new TypeError('there is a zone')
    const all = others.reduce((one, other) => one.unionAll(other), first)
    return db.query.selectFrom(all.as('lead')).select('lead.id').orderBy('lead.turn')
  }

  async function completeUncallable(campaignId: number, zones: readonly Zone[], now: number) {
    await db.query
      .updateTable('leads')
      .set({
        dial_state: 'done',
        status: sql`case when ${isOnDoNotCallList} then 'do_not_call' else status end`,
        updated_at: now,
      })
      .where(
        'id',
        'in',
        acrossZones(zones, (zone) => dueLeads(campaignId, zone, now).limit(HEAD_SIZE)),
      )
      .where('dial_state', '=', 'waiting')
      .where((is) => is.or([is('status', 'in', CLOSED_STATUSES), isOnDoNotCallList]))
      .execute()
  }

  const claimFirstDue = (
    campaignId: number,
    zones: readonly Zone[],
    agentId: number,
    callId: string,
    now: number,
  ) =>
    claimUpdate(agentId, callId, now)
      .where(
        'id',
        '=',
        acrossZones(zones, (zone) =>
          dueLeads(campaignId, zone, now)
            .where('status', 'not in', CLOSED_STATUSES)
            .where((is) => is.not(isOnDoNotCallList))
            .where(isNumberFree)
            .where(isAgentFree(agentId))
            .where(isCallableBy(agentId))
            .limit(1),
        ).limit(1),
      )
      .where('dial_state', '=', 'waiting')
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('campaigns')
            .select('campaigns.id')
            .where('campaigns.id', '=', campaignId)
            .where('campaigns.status', '=', 'active')
            .where('campaigns.automation', '=', 1),
        ),
      )
      .returning(ATTEMPT_COLUMNS)
      .executeTakeFirst()
      .catch(ignoreUniqueViolation)

  return {
    async claimNext({ campaignId, zones, agentId, callId, now }) {
      const campaign = rowId(campaignId) ?? 0
      for (let at = 0; at < zones.length; at += ZONES_PER_QUERY) {
        const zoneBatch = zones.slice(at, at + ZONES_PER_QUERY)
        await completeUncallable(campaign, zoneBatch, now)
        const row = await claimFirstDue(campaign, zoneBatch, rowId(agentId) ?? 0, callId, now)
        if (row !== undefined) return toDialAttempt(row)
      }
      return undefined
    },

    async claim({ leadId, agentId, callId, isEmergency = false, now }) {
      const [lead, agent] = [rowId(leadId) ?? 0, rowId(agentId) ?? 0]
      const row = await claimUpdate(agent, callId, now)
        .where('id', '=', lead)
        .where('dial_state', '!=', 'dialling')
        .$if(!isEmergency, (lead) => lead.where((is) => is.not(isOnDoNotCallList)))
        .where(isNumberFree)
        .where(isAgentFree(agent))
        .returning(ATTEMPT_COLUMNS)
        .executeTakeFirst()
        .catch(ignoreUniqueViolation)
      if (row !== undefined) return toDialAttempt(row)
      const existing = await db.query
        .selectFrom('leads')
        .select(isOnDoNotCallList.as('listed'))
        .where('id', '=', lead)
        .executeTakeFirst()
      if (existing === undefined) throw new Refusal('not_found', { detail: 'Lead not found' })
      // SQLite tells truth as a number.
      if (!isEmergency && Number(existing.listed) === 1) throw new DoNotCallRefusal()
      throw new Refusal('conflict', { detail: 'the lead, its number or the agent is in a call already' })
    },

    async inProgress() {
      const rows = await db.query
        .selectFrom('leads')
        .select(ATTEMPT_COLUMNS)
        .where('dial_state', '=', 'dialling')
        .orderBy('dialling_since')
        .orderBy('id')
        .execute()
      return rows.map(toDialAttempt)
    },

    async releaseAgent({ leadId, callId }) {
      await db.query
        .updateTable('leads')
        .set((lead) => ({ dialling_agent_id: null, last_agent_id: lead.ref('dialling_agent_id') }))
        .where('id', '=', rowId(leadId) ?? 0)
        .where('dial_state', '=', 'dialling')
        .where('dialling_call_id', '=', callId)
        .where('dialling_agent_id', 'is not', null)
        .execute()
    },

    async complete({ leadId, callId }, { outcome, isAttempt, nextState, status, nextTryAt, now }) {
      const row = await db.query
        .updateTable('leads')
        .set((lead) => ({
          dial_state: nextState,
          next_try_at: nextTryAt,
          attempts: lead('attempts', '+', isAttempt ? 1 : 0),
          dialling_agent_id: null,
          dialling_call_id: null,
          dialling_since: null,
          dialling_from: null,
          updated_at: now,
        }))
        .$if(outcome !== null, (query) =>
          query.set((lead) => ({
            last_outcome: outcome,
            last_call_at: lead.ref('dialling_since'),
            last_agent_id: callingAgentId,
          })),
        )
        .$if(status !== undefined, (query) => query.set({ status }))
        .$if(outcome === 'answered', (query) =>
          query.set({
            status: sql<LeadStatus>`case when status = 'new' then 'contacted' else status end`,
            // Each sees what the others were before. Nobody takes a lead out of its team by calling it.
            agent_id: sql`case when ${isUnassigned} then ${callingAgentId} else agent_id end`,
            team: sql`case when ${isUnassigned} then ${callingAgentTeam} else team end`,
          }),
        )
        .where('id', '=', rowId(leadId) ?? 0)
        .where('dial_state', '=', 'dialling')
        .where('dialling_call_id', '=', callId)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },
  }
}

function ignoreUniqueViolation(err: unknown): undefined {
  if (!(err instanceof UniqueViolation)) throw err
}

function toDialAttempt(row: Row): DialAttempt {
  return {
    leadId: String(row.id),
    number: row.number,
    campaignId: row.campaign_id === null ? null : String(row.campaign_id),
    agentId: row.dialling_agent_id === null ? null : String(row.dialling_agent_id),
    callId: row.dialling_call_id ?? '',
    from: row.dialling_from ?? 'idle',
    attempts: row.attempts,
    since: row.dialling_since ?? 0,
  }
}
