import { expect, test } from 'vitest'
import { outcomeForLead } from '../../../../../api/core/call-center/campaigns/lead-outcome.ts'
import type { CallOutcome } from '../../../../../api/core/calls/call.ts'

const own = { userId: '2', extension: '1001', answered: true }
const other = { userId: '3', extension: '1002', answered: false }

test.each<[string, CallOutcome, CallOutcome, 'internal' | 'outgoing', (typeof own)[]]>([
  ['answered over a trunk', 'answered', 'answered', 'outgoing', [own]],
  ['answered by the dialplan alone', 'failed', 'answered', 'internal', [own]],
  ['cancelled while a trunk rang', 'cancelled', 'cancelled', 'outgoing', [own]],
  ['cancelled while another agent’s phone rang', 'cancelled', 'cancelled', 'internal', [own, other]],
  ['ended by a dialplan that rang no phone', 'failed', 'cancelled', 'internal', [own]],
  [
    'cancelled before the agent’s own phone was answered',
    'own_no_answer',
    'cancelled',
    'internal',
    [{ ...own, answered: false }],
  ],
])('a call that was %s is %s for the lead', (_, expected, outcome, direction, parties) => {
  expect(outcomeForLead(outcome, { direction, parties }, '2')).toBe(expected)
})
