import { sql } from 'kysely'
import type { DialAttempt, DialQueue } from '../../../core/call-center/campaigns/dial-queue.ts'
import { CLOSED_STATUSES } from '../../../core/call-center/leads/queue-state.ts'
import { DoNotCallRefusal } from '../../../core/dial-policy/clearance.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import { chunks } from '../chunks.ts'
import type { Database } from '../database.ts'
import { UniqueViolation } from '../errors.ts'
import { ATTEMPT_COLUMNS, toDialAttempt } from './dial-attempt-rows.ts'
import { isCallableBy, toCallbackColumns } from './lead-rows.ts'

/** How many leads at the head of a queue are checked for those that must not be called. */
const HEAD_SIZE = 50
/** SQLite joins no more than 500 queries in one statement. */
const ZONES_PER_QUERY = 100

/** Claims of leads. Each is one statement; of two concurrent claims the unique indexes reject one. */
export function createDialClaims(db: Database): Pick<DialQueue, 'claimNext' | 'claim'> {
  const isOnDoNotCallList = sql<boolean>`exists (select 1 from do_not_call where do_not_call.number = leads.number)`
  const isNumberFree = sql<boolean>`not exists (
    select 1 from leads as other where other.number = leads.number and other.dial_state = 'dialling')`
  const isAgentFree = (agentId: number) => sql<boolean>`not exists (
    select 1 from leads as other where other.dialling_agent_id = ${agentId} and other.dial_state = 'dialling')`

  const isNotAhead = (now: number) => sql<boolean>`(callback_at is null or callback_at <= ${now})`

  const claimUpdate = (agentId: number, callId: string, now: number) =>
    db.query.updateTable('leads').set((lead) => ({
      dialling_from: lead.ref('dial_state').$castTo<DialAttempt['from']>(), // a lead in a call is not claimed
      dial_state: 'dialling',
      dialling_agent_id: agentId,
      dialling_call_id: callId,
      dialling_since: now,
    }))

  /** Due leads of one campaign and one time zone, in the order of their turns. */
  const dueLeads = (campaignId: number, zone: string | null, now: number) =>
    db.query
      .selectFrom('leads')
      .select('leads.id')
      .where('campaign_id', '=', campaignId)
      // Not a parameter: the partial index covers waiting leads.
      .where(sql<boolean>`dial_state = 'waiting'`)
      .where('time_zone', zone === null ? 'is' : '=', zone)
      .where('next_try_at', '<=', now)
      .where(isNotAhead(now))
      .orderBy('next_try_at')
      .orderBy('leads.id')

  const isInZone = (zones: readonly Zone[]) => {
    const names = zones.filter((zone) => zone !== null)
    const isNamed = names.length === 0 ? sql`1 = 0` : sql`time_zone in (${sql.join(names)})`
    return sql<boolean>`(${isNamed} ${zones.includes(null) ? sql`or time_zone is null` : sql``})`
  }

  /** Callbacks of one campaign that are due. */
  const dueCallbacks = (campaignId: number, zones: readonly Zone[], now: number) =>
    db.query
      .selectFrom('leads')
      .select('leads.id')
      .where('campaign_id', '=', campaignId)
      .where(sql<boolean>`dial_state = 'waiting' and callback_at is not null`)
      .where('next_try_at', '<=', now)
      .where(isNotAhead(now))
      .where(isInZone(zones))
      .orderBy('next_try_at')
      .orderBy('leads.id')

  type Zone = string | null
  /** Lead ids of several zones, the first zone's first. One subquery for each zone, as each is one range of the index. */
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
        ...toCallbackColumns(null),
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

  /** The first of these leads that the agent may call. */
  const firstCallable = (leads: ReturnType<typeof dueLeads>, agentId: number) =>
    leads
      .where('status', 'not in', CLOSED_STATUSES)
      .where((is) => is.not(isOnDoNotCallList))
      .where(isNumberFree)
      .where(isAgentFree(agentId))
      .where(isCallableBy(agentId))
      .limit(1)

  type Claim = { campaignId: number; agentId: number; callId: string; now: number }

  type ClaimUpdate = ReturnType<typeof claimUpdate>
  const claimFirst = (
    { campaignId, agentId, callId, now }: Claim,
    lead: (claim: ClaimUpdate) => ClaimUpdate,
  ) =>
    lead(claimUpdate(agentId, callId, now))
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
      const [campaign, agent] = [rowId(campaignId) ?? 0, rowId(agentId) ?? 0]
      const claim = { campaignId: campaign, agentId: agent, callId, now }
      const callback = await claimFirst(claim, (update) =>
        update.where('id', '=', firstCallable(dueCallbacks(campaign, zones, now), agent)),
      )
      if (callback !== undefined) return toDialAttempt(callback)
      for (const zoneBatch of chunks(zones, ZONES_PER_QUERY)) {
        await completeUncallable(campaign, zoneBatch, now)
        const leads = acrossZones(zoneBatch, (zone) => firstCallable(dueLeads(campaign, zone, now), agent))
        const row = await claimFirst(claim, (update) => update.where('id', '=', leads.limit(1)))
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
      // SQLite returns booleans as numbers.
      if (!isEmergency && Number(existing.listed) === 1) throw new DoNotCallRefusal()
      throw new Refusal('conflict', { detail: 'the lead, its number or the agent is in a call already' })
    },
  }
}

function ignoreUniqueViolation(err: unknown): undefined {
  if (!(err instanceof UniqueViolation)) throw err
}
