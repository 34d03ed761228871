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
const kept = (changes: Partial<CallRecord>) => agentCallStatus({ kind: 'record', record: newCall(changes) })
const asked = (outcome: CallOutcome | null) =>
  agentCallStatus({ kind: 'requested', userId: '1', number: '1002', createdAt: 0, outcome })

const AFTER: Record<CallOutcome, AgentCallStatus> = {
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

describe('a call that lives', () => {
  test.each<[string, Partial<Call>, AgentCallStatus]>([
    ['rings the own phone first', { state: 'dialling' }, 'initiated'],
    ['rings at the other end', { state: 'ringing' }, 'ringing'],
    ['is up, and two are in one bridge', { state: 'up' }, 'bridged'],
    [
      'is up, and one talks with the PBX',
      { state: 'up', legs: [aLeg('1001', { bridge: undefined })] },
      'answered',
    ],
    [
      'is up, and each waits in a bridge',
      { state: 'up', legs: [aLeg('1001'), aLeg('1002', { bridge: 'b2' })] },
      'answered',
    ],
    [
      'is up, and the other has left',
      { state: 'up', legs: [aLeg('1001'), aLeg('1002', { state: 'ended' })] },
      'answered',
    ],
    ['is held', { state: 'held', legs: [aLeg('1001', { holds: true }), aLeg('1002')] }, 'bridged'],
    ['is parked', { state: 'parked' }, 'answered'],
  ])('%s', (_, changes, status) => {
    expect(live(changes)).toBe(status)
  })
})

describe('a call that is over', () => {
  test.each(CALL_OUTCOMES.map((one) => [one, AFTER[one]] as const))(
    '%s is %s, as it was and as it is kept',
    (outcome, status) => {
      expect([live({ state: 'ended', outcome }), kept({ outcome })]).toEqual([status, status])
    },
  )

  test('nobody listened as it ended, and it was never answered: it failed', () => {
    expect(live({ state: 'ended', outcome: 'unknown', answeredAt: undefined })).toBe('failed')
    expect(kept({ outcome: 'unknown', answeredAt: null })).toBe('failed')
    expect(live({ state: 'ended', outcome: undefined, answeredAt: undefined })).toBe('failed')
  })
})

describe('a call that was only asked for', () => {
  test('is on its way until there is an outcome', () => {
    expect(asked(null)).toBe('initiated')
  })

  test.each(CALL_OUTCOMES.filter((one) => one !== 'unknown'))(
    '%s says the same as of a kept one',
    (outcome) => {
      expect(asked(outcome)).toBe(AFTER[outcome])
    },
  )

  test('nobody knows what came of it: it failed', () => {
    expect(asked('unknown')).toBe('failed')
  })
})
