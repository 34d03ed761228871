import type { CampaignTextBodies, CampaignTextKind } from '../../../core/call-center/desk/campaign-texts.ts'
import type { CampaignTextStore } from '../../../core/call-center/desk/create-campaign-texts.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'

export function createCampaignTextStore(db: Database): CampaignTextStore {
  return {
    async find<Kind extends CampaignTextKind>(campaignId: string, kind: Kind) {
      const row = await db.query
        .selectFrom('campaign_texts')
        .select(['body_json', 'version'])
        .where('campaign_id', '=', rowId(campaignId) ?? 0)
        .where('kind', '=', kind)
        .executeTakeFirst()
      // Only `put` writes it.
      return row && { body: JSON.parse(row.body_json) as CampaignTextBodies[Kind], version: row.version }
    },

    put: (campaignId, { kind, body, version, now }) =>
      db.transaction(async (trx) => {
        const row = await trx
          .insertInto('campaign_texts')
          .values({
            ...{ campaign_id: rowId(campaignId) ?? 0, kind, body_json: JSON.stringify(body) },
            // Version 1 is that of a campaign that has none.
            ...{ version: 2, updated_at: now },
          })
          .onConflict((known) =>
            known.columns(['campaign_id', 'kind']).doUpdateSet((one) => ({
              body_json: one.ref('excluded.body_json'),
              version: one('campaign_texts.version', '+', 1),
              updated_at: now,
            })),
          )
          .returning('version')
          .executeTakeFirstOrThrow()
        // The transaction is rolled back.
        if (version !== undefined && row.version !== version + 1) throw new Refusal('stale')
        return row.version
      }),
  }
}
