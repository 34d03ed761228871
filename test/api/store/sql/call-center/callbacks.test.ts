import { describe, expect, test } from 'vitest'
import { createCallbackStore } from '../../../../../api/store/sql/call-center/callbacks.ts'
import { addCampaign, addLead, now } from '../../../../support/fixtures/campaign-rows.ts'
import { onBothEngines } from '../engines.ts'

describe('callbacks', () => {
  onBothEngines((engine) => {
    test('are listed by time, of the leads in the scope, page by page', async () => {
      const db = await engine.tables()
      const campaignId = await addCampaign(db)
      const add = (at: number, difference: object) =>
        addLead(db, campaignId, {
          ...{ callback_at: now + at, callback_time_zone: 'UTC', callback_is_own: 1, callback_attempts: 0 },
          ...{ callback_agent_id: 7, ...difference },
        })
      const own = await add(30, { agent_id: 7, team: 'sales' })
      const team = await add(10, { agent_id: 8, team: 'sales', callback_agent_id: 8 })
      const other = await add(20, { team: 'support' })
      await addLead(db, campaignId, { agent_id: 7, team: 'sales' })
      const store = createCallbackStore(db)
      const list = async (...args: Parameters<typeof store.list>) =>
        (await store.list(...args)).map(({ id }) => id)
      const page = { limit: 10 }
      expect(await list({ sees: 'all' }, {}, page)).toEqual([team, other, own])
      expect(await list({ sees: 'all' }, { agentId: '7' }, page)).toEqual([other, own])
      expect(await list({ sees: 'team', team: 'sales', agentId: '9' }, {}, page)).toEqual([team, own])
      expect(await list({ sees: 'own', agentId: '7' }, {}, page)).toEqual([own])
      expect(await store.count({ sees: 'team', team: 'sales', agentId: '9' }, {})).toBe(2)
      const after = { at: now + 10, leadId: team }
      expect(await list({ sees: 'all' }, {}, { limit: 1, after })).toEqual([other])
      expect((await store.list({ sees: 'all' }, {}, { limit: 1 }))[0]?.callback).toEqual({
        ...{ at: now + 10, timeZone: 'UTC', agentId: '8', isOwn: true, attemptsBefore: 0 },
      })
    })
  })
})
