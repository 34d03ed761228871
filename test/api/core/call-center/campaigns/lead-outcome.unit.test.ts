import { expect, test } from 'vitest'
import { outcomeForLead } from '../../../../../api/core/call-center/campaigns/lead-outcome.ts'
import type { CallOutcome } from '../../../../../api/core/calls/call.ts'

const own = { userId: '2', extension: '1001', answered: true }
const other = { userId: '3', extension: '1002', answered: false }

test.each<[string, CallOutcome, 'internal' | 'outgoing', (typeof own)[], CallOutcome]>([
  ['answered over a trunk', 'answered', 'outgoing', [own], 'answered'],
  ['answered by the dialplan alone', 'answered', 'internal', [own], 'failed'],
  ['cancelled while a trunk rang', 'cancelled', 'outgoing', [own], 'cancelled'],
  ['cancelled while another agent’s phone rang', 'cancelled', 'internal', [own, other], 'cancelled'],
  ['ended by a dialplan that rang no phone', 'cancelled', 'internal', [own], 'failed'],
  [
    'cancelled before the agent’s own phone was answered',
    'cancelled',
    'internal',
    [{ ...own, answered: false }],
    'own_no_answer',
  ],
])('the lead’s outcome of a call that was %s is %4$s', (_, outcome, direction, parties, expected) => {
  expect(outcomeForLead(outcome, { direction, parties }, '2')).toBe(expected)
})
