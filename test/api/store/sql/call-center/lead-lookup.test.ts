import { describe, expect, test } from 'vitest'
import { UNRESTRICTED_SCOPE } from '../../../../../api/core/call-center/agents/scope.ts'
import type { NewLead } from '../../../../../api/core/call-center/leads/lead-store.ts'
import { createLeadLookup } from '../../../../../api/store/sql/call-center/lead-lookup.ts'
import { toNewLeadRow } from '../../../../../api/store/sql/call-center/lead-rows.ts'
import { newLead } from '../../../../support/fixtures/leads.ts'
import { onBothEngines } from '../engines.ts'

const salesLead: Partial<NewLead> = { team: 'sales', agentId: '3', number: '+493012345' }

describe('the lead of a call', () => {
  onBothEngines((engine) => {
    async function setUp(...differences: Partial<NewLead>[]) {
      const db = await engine.tables()
      for (const one of differences)
        await db.query
          .insertInto('leads')
          .values(toNewLeadRow(newLead({ ...salesLead, ...one }), 1))
          .execute()
      return createLeadLookup(db)
    }
    const own = { sees: 'own', agentId: '3' } as const
    const team = { sees: 'team', team: 'sales', agentId: '9' } as const
    const others = { sees: 'team', team: 'support', agentId: '8' } as const

    test('is found by id and by number within the scope', async () => {
      const leads = await setUp({})
      for (const scope of [UNRESTRICTED_SCOPE, own, team]) {
        expect(await leads.find('1', scope)).toMatchObject({ id: '1', ...newLead(salesLead) })
        expect(await leads.findByNumber(['030', '+493012345'], scope)).toMatchObject({ id: '1' })
      }
      for (const scope of [others, { ...own, agentId: '4' }]) {
        expect(await leads.find('1', scope)).toBeUndefined()
        expect(await leads.findByNumber(['030', '+493012345'], scope)).toBeUndefined()
      }
    })

    test('is the first of several leads with exactly this number, within the scope', async () => {
      const leads = await setUp({ team: 'support', agentId: null }, {}, {}, { number: '+4930123456' })
      expect(await leads.findByNumber(['030', '+493012345'], UNRESTRICTED_SCOPE)).toMatchObject({ id: '1' })
      expect(await leads.findByNumber(['030', '+493012345'], team)).toMatchObject({ id: '2' })
      for (const number of ['+49301234', '', '\ud800']) {
        expect(await leads.findByNumber([number], UNRESTRICTED_SCOPE)).toBeUndefined()
      }
    })
  })
})
