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
const kept = (changes: Partial<CallRecord> = {}, of = row()) =>
  toAgentCallView(of, { kind: 'record', record: newCall(changes) }, anna)

describe('the direction', () => {
  test.each<[string, string, string]>([
    [
      'a call we dialled',
      live({ direction: 'internal', from: { number: '9', name: '' } }, row({ callId: 'hk_1' })).direction,
      'outbound',
    ],
    ['one by phone to the outside', live({ direction: 'outgoing' }).direction, 'outbound'],
    ['one from the outside', live({ direction: 'incoming' }).direction, 'inbound'],
    ['one by the agent’s phone to a colleague', live({ direction: 'internal' }).direction, 'outbound'],
    ['one of a colleague', kept({ direction: 'internal', fromNumber: '1002' }).direction, 'inbound'],
  ])('%s', (_, direction, expected) => {
    expect(direction).toBe(expected)
  })
})

describe('times', () => {
  test('are the same seconds while it lasts, when it is over and as it is kept', () => {
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
    expect(kept()).toMatchObject({
      startedAt,
      duration: 65,
      talked: 60,
      recording: '2025/06/15/1750000000.1.wav',
    })
  })

  test('of a call that nobody answered: no talk', () => {
    const unanswered = {
      answeredAt: undefined,
      state: 'ended',
      outcome: 'busy',
      endedAt: 1_700_000_009_000_000,
    } as const
    expect(live(unanswered)).toMatchObject({ answeredAt: null, talked: 0, status: 'busy', outcome: 'busy' })
  })
})

test('what was only asked for is from the agent’s phone to the number, with the outcome that the log knows', () => {
  const fact = { kind: 'requested', userId: '1', number: '+4930', createdAt: 5, outcome: null } as const
  expect(toAgentCallView(row({ callId: 'hk_1', outcome: 'failed' }), fact, anna)).toMatchObject({
    fromNumber: '1001',
    toNumber: '+4930',
    startedAt: 5,
    direction: 'outbound',
    outcome: 'failed',
  })
})

describe('a call that the dialplan answered', () => {
  const answered = { outcome: 'answered', answeredAt: startedAt + 2, billable: 7 } as const
  test.each<[string, Partial<AgentCall>, object]>([
    [
      'is a failed one where it was a lead’s and no phone at the other end was up',
      { leadId: '9', outcome: 'failed' },
      { status: 'failed', outcome: 'failed', answeredAt: null, talked: 0 },
    ],
    [
      'is a completed one where one was',
      { leadId: '9', outcome: 'answered' },
      { status: 'completed', outcome: 'answered', answeredAt: startedAt + 2, talked: 7 },
    ],
    [
      'is a completed one while the lead is not settled',
      { leadId: '9', outcome: null },
      { status: 'completed', outcome: 'answered' },
    ],
    ['is a completed one where it was no lead’s', { outcome: 'failed' }, { status: 'completed' }],
  ])('%s', (_, changes, should) => {
    expect(kept(answered, row(changes))).toMatchObject(should)
  })
})
