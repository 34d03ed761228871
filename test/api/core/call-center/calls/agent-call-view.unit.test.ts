import { describe, expect, test } from 'vitest'
import type { AgentCall } from '../../../../../api/core/call-center/calls/agent-call.ts'
import { toAgentCallView } from '../../../../../api/core/call-center/calls/agent-call-view.ts'
import type { Call } from '../../../../../api/core/calls/call.ts'
import type { CallRecord } from '../../../../../api/core/calls/call-history.ts'
import { newCall, startedAt } from '../../../../support/fixtures/call-records.ts'
import { aCall } from '../../calls/fixtures/calls.ts'

const row = (changes: Partial<AgentCall> = {}): AgentCall => ({
  id: '7',
  callId: '1700000000.1',
  agentId: '3',
  leadId: null,
  campaignId: null,
  number: '1002',
  createdAt: startedAt,
  outcome: null,
  ...changes,
})
const anna = { extension: '1001' }
const live = (changes: Partial<Call> = {}, of = row()) =>
  toAgentCallView(of, { kind: 'live', call: aCall(changes) }, anna)
const recorded = (changes: Partial<CallRecord> = {}, of = row()) =>
  toAgentCallView(of, { kind: 'record', record: newCall(changes) }, anna)

describe('the direction of an agent’s call', () => {
  test.each<[string, string, string]>([
    [
      'a call that the API placed',
      live({ direction: 'internal', from: { number: '9', name: '' } }, row({ callId: 'hk_1' })).direction,
      'outbound',
    ],
    ['an external call that was dialed on a phone', live({ direction: 'outgoing' }).direction, 'outbound'],
    ['an external call to the agent', live({ direction: 'incoming' }).direction, 'inbound'],
    ['an internal call by the agent’s phone', live({ direction: 'internal' }).direction, 'outbound'],
    [
      'an internal call by another phone',
      recorded({ direction: 'internal', fromNumber: '1002' }).direction,
      'inbound',
    ],
  ])('of %s is %s', (_, direction, expected) => {
    expect(direction).toBe(expected)
  })
})

describe('the times of an agent’s call', () => {
  test('are the same seconds while the call lasts, after it ended and in the history', () => {
    const times = { startedAt: 1_700_000_000_900_000, answeredAt: 1_700_000_002_100_000 }
    expect(live(times)).toMatchObject({
      startedAt: 1_700_000_000,
      answeredAt: 1_700_000_002,
      duration: null,
      talked: null,
    })
    expect(
      live({ ...times, state: 'ended', outcome: 'answered', endedAt: 1_700_000_009_000_000 }),
    ).toMatchObject({
      startedAt: 1_700_000_000,
      endedAt: 1_700_000_009,
      duration: 9,
      talked: 7,
    })
    expect(recorded()).toMatchObject({
      startedAt,
      duration: 65,
      talked: 60,
      recording: '2025/06/15/1750000000.1.wav',
    })
  })

  test('of an unanswered call have no talk time', () => {
    const unanswered = {
      answeredAt: undefined,
      state: 'ended',
      outcome: 'busy',
      endedAt: 1_700_000_009_000_000,
    } as const
    expect(live(unanswered)).toMatchObject({ answeredAt: null, talked: 0, status: 'busy', outcome: 'busy' })
  })
})

test('a call that was only requested is from the agent’s extension to the number, with the stored outcome', () => {
  const source = { kind: 'requested', userId: '1', number: '+4930', createdAt: 5, outcome: null } as const
  expect(toAgentCallView(row({ callId: 'hk_1', outcome: 'failed' }), source, anna)).toMatchObject({
    fromNumber: '1001',
    toNumber: '+4930',
    startedAt: 5,
    direction: 'outbound',
    outcome: 'failed',
  })
})

describe('a call that is answered in the history', () => {
  const answered = { outcome: 'answered', answeredAt: startedAt + 2, billable: 7 } as const
  test.each<[string, Partial<AgentCall>, object]>([
    [
      'is failed if it was a lead’s call and no phone at the far end answered',
      { leadId: '9', outcome: 'failed' },
      { status: 'failed', outcome: 'failed', answeredAt: null, talked: 0 },
    ],
    [
      'is completed if it was a lead’s call and a phone at the far end answered',
      { leadId: '9', outcome: 'answered' },
      { status: 'completed', outcome: 'answered', answeredAt: startedAt + 2, talked: 7 },
    ],
    [
      'is completed while the lead’s attempt is not completed',
      { leadId: '9', outcome: null },
      { status: 'completed', outcome: 'answered' },
    ],
    ['is completed if it was no lead’s call', { outcome: 'failed' }, { status: 'completed' }],
  ])('%s', (_, changes, should) => {
    expect(recorded(answered, row(changes))).toMatchObject(should)
  })
})
