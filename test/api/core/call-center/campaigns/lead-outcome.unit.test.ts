import { expect, test } from 'vitest'
import { outcomeForLead } from '../../../../../api/core/call-center/campaigns/lead-outcome.ts'
import type { CallOutcome } from '../../../../../api/core/calls/call.ts'

const own = { userId: '2', extension: '1001', answered: true }
const other = { userId: '3', extension: '1002', answered: false }

test.each<[string, CallOutcome, 'internal' | 'outgoing', (typeof own)[], CallOutcome]>([
  ['answered by a trunk', 'answered', 'outgoing', [own], 'answered'],
  ['answered by the dialplan alone', 'answered', 'internal', [own], 'failed'],
  ['given up while a trunk rang', 'cancelled', 'outgoing', [own], 'cancelled'],
  ['given up while a colleague rang', 'cancelled', 'internal', [own, other], 'cancelled'],
  ['ended by a dialplan that rang nothing', 'cancelled', 'internal', [own], 'failed'],
  [
    'given up before the own phone was picked up',
    'cancelled',
    'internal',
    [{ ...own, answered: false }],
    'own_no_answer',
  ],
])('a call that was %s', (_, outcome, direction, parties, expected) => {
  expect(outcomeForLead(outcome, { direction, parties }, '2')).toBe(expected)
})
