import { describe, expect, test } from 'vitest'
import {
  type AgentCallStatus,
  agentCallStatus,
} from '../../../../../api/core/call-center/calls/agent-call-status.ts'
import type { Call, CallOutcome } from '../../../../../api/core/calls/call.ts'
import { CALL_OUTCOMES } from '../../../../../api/core/calls/call.ts'
import type { CallRecord } from '../../../../../api/core/calls/call-history.ts'
import { newCall } from '../../../../support/fixtures/call-records.ts'
import { aCall, aLeg } from '../../calls/fixtures/calls.ts'

const live = (changes: Partial<Call>) => agentCallStatus({ kind: 'live', call: aCall(changes) })
const recorded = (changes: Partial<CallRecord>) =>
  agentCallStatus({ kind: 'record', record: newCall(changes) })
const requested = (outcome: CallOutcome | null) =>
  agentCallStatus({ kind: 'requested', userId: '1', number: '1002', createdAt: 0, outcome })

const STATUS_BY_OUTCOME: Record<CallOutcome, AgentCallStatus> = {
  answered: 'completed',
  busy: 'busy',
  no_answer: 'no_answer',
  declined: 'busy',
  unavailable: 'failed',
  congestion: 'failed',
  own_busy: 'busy',
  own_no_answer: 'no_answer',
  own_declined: 'busy',
  own_unavailable: 'failed',
  cancelled: 'no_answer',
  unknown_number: 'failed',
  failed: 'failed',
  unknown: 'completed',
}

describe('the status of a live call', () => {
  test.each<[string, Partial<Call>, AgentCallStatus]>([
    ['that rings the agent’s own phone', { state: 'dialling' }, 'initiated'],
    ['that rings at the far end', { state: 'ringing' }, 'ringing'],
    ['that is up with two legs in one bridge', { state: 'up' }, 'bridged'],
    [
      'that is up with one leg, connected to the PBX alone',
      { state: 'up', legs: [aLeg('1001', { bridge: undefined })] },
      'answered',
    ],
    [
      'that is up with each leg in a bridge of its own',
      { state: 'up', legs: [aLeg('1001'), aLeg('1002', { bridge: 'b2' })] },
      'answered',
    ],
    [
      'that is up after the other leg has left',
      { state: 'up', legs: [aLeg('1001'), aLeg('1002', { state: 'ended' })] },
      'answered',
    ],
    ['that is held', { state: 'held', legs: [aLeg('1001', { holds: true }), aLeg('1002')] }, 'bridged'],
    ['that is parked', { state: 'parked' }, 'answered'],
  ])('%s', (_, changes, status) => {
    expect(live(changes)).toBe(status)
  })
})

describe('the status of a call that is over', () => {
  test.each(CALL_OUTCOMES.map((one) => [one, STATUS_BY_OUTCOME[one]] as const))(
    'with outcome %s is %s, from the tracker and from the history',
    (outcome, status) => {
      expect([live({ state: 'ended', outcome }), recorded({ outcome })]).toEqual([status, status])
    },
  )

  test('is failed if the outcome is unknown and the call was never answered', () => {
    expect(live({ state: 'ended', outcome: 'unknown', answeredAt: undefined })).toBe('failed')
    expect(recorded({ outcome: 'unknown', answeredAt: null })).toBe('failed')
    expect(live({ state: 'ended', outcome: undefined, answeredAt: undefined })).toBe('failed')
  })
})

describe('the status of a call that was only requested', () => {
  test('is initiated until there is an outcome', () => {
    expect(requested(null)).toBe('initiated')
  })

  test.each(CALL_OUTCOMES.filter((one) => one !== 'unknown'))(
    'with outcome %s is the same as from the history',
    (outcome) => {
      expect(requested(outcome)).toBe(STATUS_BY_OUTCOME[outcome])
    },
  )

  test('is failed if the outcome is unknown', () => {
    expect(requested('unknown')).toBe('failed')
  })
})
