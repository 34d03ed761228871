import { type Selectable, type SqlBool, sql, type Transaction } from 'kysely'
import type { Scope } from '../../../core/call-center/agents/scope.ts'
import type { Campaign } from '../../../core/call-center/campaigns/campaign.ts'
import type { CampaignStore } from '../../../core/call-center/campaigns/campaign-store.ts'
import { Refusal } from '../../../core/refusal.ts'
import { toCampaignEvents } from '../../../core/webhooks/call-center-events.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import type { CampaignsTable } from '../tables-call-center.ts'
import { queueEvents } from '../webhooks/queue-events.ts'
import { createCampaignProgress } from './campaign-progress.ts'
import { insertCampaignAgents, isCampaignVisible, refundAttempt, withAgents } from './campaign-rows.ts'
import { versionConflict } from './version-conflict.ts'

export function createCampaignStore(db: Database): CampaignStore {
  const { progress, waitingZones, hasDueLeadFor } = createCampaignProgress(db)

  async function find(id: string, scope: Scope): Promise<Campaign | undefined> {
    const rows = await db.query
      .selectFrom('campaigns')
      .selectAll()
      .where('id', '=', rowId(id) ?? 0)
      .where((is) => isCampaignVisible(is, scope))
      .execute()
    return (await withAgents(db, rows))[0]
  }
  async function mustFind(id: string): Promise<Campaign> {
    const campaign = await find(id, { sees: 'all' })
    if (campaign === undefined) throw new Refusal('not_found')
    return campaign
  }

  return {
    find,

    async add(campaign, now) {
      const id = await db.transaction(async (trx) => {
        const { name, description, team, dialerMode, rules, agentIds } = campaign
        const row = await trx
          .insertInto('campaigns')
          .values({
            ...{ name, description, team },
            dialer_mode: dialerMode,
            rules_json: JSON.stringify(rules),
            status: 'draft',
            automation: 0,
            automation_note: null,
            stopped: 0,
            version: 1,
            created_at: now,
            updated_at: now,
          })
          .returning('id')
          .executeTakeFirstOrThrow()
        await insertCampaignAgents(trx, row.id, agentIds)
        return row.id
      })
      return mustFind(String(id))
    },

    async list(scope, { status, afterId = '0', limit }) {
      const rows = await db.query
        .selectFrom('campaigns')
        .selectAll()
        .where('id', '>', rowId(afterId) ?? 0)
        .where((is) => isCampaignVisible(is, scope))
        .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'draft'))
        .orderBy('id')
        .limit(limit)
        .execute()
      return withAgents(db, rows)
    },

    async update(id, change, version, now) {
      const key = rowId(id) ?? 0
      await db.transaction(async (trx) => {
        const { dialerMode, rules, agentIds, ...same } = change
        const row = await trx
          .updateTable('campaigns')
          .set((campaign) => ({
            ...same,
            ...(dialerMode === undefined ? {} : { dialer_mode: dialerMode }),
            ...(rules === undefined ? {} : { rules_json: JSON.stringify(rules) }),
            version: campaign('version', '+', 1),
            updated_at: now,
          }))
          .where('id', '=', key)
          .$if(version !== undefined, (query) => query.where('version', '=', version ?? 0))
          .returning('id')
          .executeTakeFirst()
        if (row === undefined) throw await versionConflict(trx, 'campaigns', key)
        if (agentIds === undefined) return
        await trx.deleteFrom('campaign_agents').where('campaign_id', '=', key).execute()
        await insertCampaignAgents(trx, key, agentIds)
      })
      return mustFind(id)
    },

    transition: (id, from, { status, automation, stopped }, now) =>
      db.transaction(async (trx) => {
        const row = await trx
          .updateTable('campaigns')
          .set((campaign) => ({
            ...(status === undefined ? {} : { status }),
            // A start clears the note about earlier failures.
            ...(status === 'active' ? { automation_note: null } : {}),
            ...(automation === undefined ? {} : { automation: automation ? 1 : 0, automation_note: null }),
            ...(stopped === undefined ? {} : { stopped: stopped ? 1 : 0 }),
            version: campaign('version', '+', 1),
            updated_at: now,
          }))
          .where('id', '=', rowId(id) ?? 0)
          .where('status', 'in', from)
          .returning(EVENT_COLUMNS)
          .executeTakeFirst()
        if (status !== undefined) await queueStatus(trx, row, now)
        return row !== undefined
      }),

    completeIfExhausted: (id, now) =>
      db.transaction(async (trx) => {
        const lead = sql`select 1 from leads where leads.campaign_id = campaigns.id`
        const row = await trx
          .updateTable('campaigns')
          .set((campaign) => ({
            status: 'completed',
            automation: 0,
            version: campaign('version', '+', 1),
            updated_at: now,
          }))
          .where('id', '=', rowId(id) ?? 0)
          .where('status', '=', 'active')
          .where('automation', '=', 1)
          .where(sql<SqlBool>`exists (${lead})`)
          .where(sql<SqlBool>`not exists (${lead} and leads.dial_state = 'waiting')`)
          .where(sql<SqlBool>`not exists (${lead} and leads.dial_state = 'dialling')`)
          .returning(EVENT_COLUMNS)
          .executeTakeFirst()
        await queueStatus(trx, row, now)
        return row !== undefined
      }),

    async setNote(id, note) {
      await db.query
        .updateTable('campaigns')
        .set({ automation_note: note })
        .where('id', '=', rowId(id) ?? 0)
        .execute()
    },

    pauseForOutage: (id, { note, attempts }, now) =>
      db.transaction(async (trx) => {
        for (const { leadId } of attempts) await refundAttempt(trx, id, leadId, now)
        const row = await trx
          .updateTable('campaigns')
          .set((campaign) => ({
            status: 'paused',
            automation_note: note,
            version: campaign('version', '+', 1),
            updated_at: now,
          }))
          .where('id', '=', rowId(id) ?? 0)
          .where('status', '=', 'active')
          .returning(EVENT_COLUMNS)
          .executeTakeFirst()
        await queueStatus(trx, row, now)
        return row !== undefined
      }),

    async listAutomated() {
      const rows = await db.query
        .selectFrom('campaigns')
        .selectAll()
        .where('automation', '=', 1)
        .where('status', '=', 'active')
        .orderBy('id')
        .execute()
      return withAgents(db, rows)
    },

    progress,
    waitingZones,
    hasDueLeadFor,
  }
}

const EVENT_COLUMNS = ['id', 'name', 'team', 'status', 'version'] as const

const queueStatus = (
  trx: Transaction<Tables>,
  row: Pick<Selectable<CampaignsTable>, (typeof EVENT_COLUMNS)[number]> | undefined,
  now: number,
): Promise<void> =>
  queueEvents(trx, row === undefined ? [] : toCampaignEvents({ ...row, id: String(row.id) }, now))
