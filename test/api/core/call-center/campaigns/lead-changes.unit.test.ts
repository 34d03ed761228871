import { describe, expect, test } from 'vitest'
import { leadChangesAfter } from '../../../../../api/core/call-center/campaigns/lead-changes.ts'
import { CALL_OUTCOMES } from '../../../../../api/core/calls/call.ts'

describe('the changes of a lead after its call', () => {
  test('answered: a new lead is contacted, an unowned one goes to the agent within its team', () => {
    expect(leadChangesAfter('answered')).toEqual({
      statuses: { new: 'contacted' },
      assignsUnownedOf: ['none', 'own'],
    })
  })

  test.each([null, ...CALL_OUTCOMES.filter((one) => one !== 'answered')])('%s: none', (outcome) => {
    expect(leadChangesAfter(outcome)).toEqual({ statuses: {}, assignsUnownedOf: [] })
  })
})
