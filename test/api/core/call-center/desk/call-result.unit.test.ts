import { describe, expect, test } from 'vitest'
import {
  applyResult,
  type ResultContext,
  withCallback,
  withoutCallback,
} from '../../../../../api/core/call-center/desk/call-result.ts'
import type { Lead } from '../../../../../api/core/call-center/leads/lead.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'
import { newRules } from '../../../../support/fixtures/campaigns.ts'
import { newLead } from '../../../../support/fixtures/leads.ts'

const now = 1_000_000
const policy = createDialPolicy(PolicyFile.parse({ country: 'DE' }))
const agreed = { at: now + 3_600, timeZone: 'UTC', agentId: '7', isOwn: true }
const earlier = { ...agreed, at: now - 60, attemptsBefore: 1 }

/** A lead whose call is over, in the queue of campaign 1. */
const leadOf = (difference: Partial<Lead> = {}): Lead => ({
  ...newLead({ campaignId: '1', status: 'contacted', dialState: 'done', attempts: 1 }),
  ...{
    id: '9',
    callback: null,
    lastCallAt: 1,
    lastOutcome: 'answered',
    version: 1,
    createdAt: 0,
    updatedAt: 0,
  },
  ...difference,
})
const contextOf = (difference: Partial<ResultContext> = {}): ResultContext => ({
  ...{ callId: 'hk_1', campaignId: '1', rules: newRules({ maxAttempts: 3, retryMinutes: 30 }) },
  ...{ callback: undefined, policy, now },
  ...difference,
})
const done = { effect: 'done', leadStatus: null } as const
const retry = { effect: 'retry', leadStatus: null } as const
const back = { effect: 'callback', leadStatus: null } as const
const doNotCall = { effect: 'do_not_call', leadStatus: null } as const

describe('a result, once the call is over', () => {
  test('that is done leaves the lead done, with its new status', () => {
    const { changes, doNotCall: entry } = applyResult(
      leadOf({ dialState: 'waiting' }),
      { effect: 'done', leadStatus: 'qualified' },
      contextOf(),
    )
    expect(changes).toEqual({ status: 'qualified', callback: null, dialState: 'done', nextTryAt: now })
    expect(entry).toBeUndefined()
  })

  test('without a status leaves the lead’s', () => {
    expect(applyResult(leadOf(), done, contextOf()).changes.status).toBe('contacted')
  })

  test('that is to be tried again waits for the campaign’s usual delay', () => {
    expect(applyResult(leadOf(), retry, contextOf()).changes).toMatchObject({
      dialState: 'waiting',
      nextTryAt: now + 1_800,
    })
  })

  test.each([
    ['no attempt is left', { attempts: 3 }, 'done'],
    ['attempts are left since its callback', { attempts: 3, callback: earlier }, 'waiting'],
    ['none is left since its callback', { attempts: 4, callback: earlier }, 'done'],
  ] as const)('to be tried again: if %s', (_, difference, dialState) => {
    expect(applyResult(leadOf(difference), retry, contextOf()).changes).toMatchObject({
      dialState,
      callback: null,
    })
  })

  test('with a callback waits for it, and counts attempts from then on', () => {
    const { changes } = applyResult(leadOf({ attempts: 2 }), back, contextOf({ callback: agreed }))
    expect(changes).toMatchObject({
      dialState: 'waiting',
      nextTryAt: agreed.at,
      callback: { ...agreed, attemptsBefore: 2 },
    })
  })

  test('takes an earlier callback away', () => {
    expect(applyResult(leadOf({ callback: earlier }), done, contextOf()).changes.callback).toBeNull()
  })

  test('do not call: the number goes on the list, the lead is done', () => {
    const update = applyResult(leadOf({ dialState: 'waiting' }), doNotCall, contextOf())
    expect(update.changes).toMatchObject({ status: 'do_not_call', dialState: 'done', callback: null })
    expect(update.doNotCall?.variants[0]).toBe('+4930111')
  })

  test('of a lead without a campaign changes no queue', () => {
    const lead = leadOf({ campaignId: null, dialState: 'idle' })
    const { changes } = applyResult(lead, back, contextOf({ campaignId: null, callback: agreed }))
    expect(changes).toEqual({ status: 'contacted', callback: { ...agreed, attemptsBefore: 1 } })
  })

  test('of a lead that has changed campaign since leaves its place in the new queue', () => {
    const lead = leadOf({ campaignId: '2', dialState: 'waiting' })
    expect(applyResult(lead, done, contextOf())).toEqual({
      changes: { status: 'contacted' },
      doNotCall: undefined,
    })
    expect(applyResult(lead, doNotCall, contextOf()).changes).toMatchObject({ dialState: 'done' })
  })
})

describe('a result during the call', () => {
  const inCall = leadOf({ dialState: 'dialling', attempts: 2 })

  test.each([
    ['done', done, { state: 'done', nextTryAt: now }],
    ['retry, as this call is the third attempt', retry, { state: 'done', nextTryAt: now }],
    ['do not call', doNotCall, { state: 'done', nextTryAt: now }],
  ] as const)('takes effect when the call is over: %s', (_, disposition, expected) => {
    const { changes, afterCall } = applyResult(inCall, disposition, contextOf())
    expect(afterCall).toEqual({ ...expected, callId: 'hk_1' })
    expect(changes).not.toHaveProperty('dialState')
  })

  test('agrees a callback, and this call is no attempt of it', () => {
    const { changes, afterCall } = applyResult(inCall, back, contextOf({ callback: agreed }))
    expect(changes.callback).toEqual({ ...agreed, attemptsBefore: 3 })
    expect(afterCall).toEqual({ state: 'waiting', nextTryAt: agreed.at, callId: 'hk_1' })
  })
})

describe('a callback apart from a result', () => {
  test('lets a lead wait for it that was done', () => {
    expect(withCallback(leadOf(), agreed).changes).toEqual({
      callback: { ...agreed, attemptsBefore: 1 },
      dialState: 'waiting',
      nextTryAt: agreed.at,
    })
  })

  test.each([
    ['was reached', { lastOutcome: 'answered' }, 'done'],
    ['was not reached', { lastOutcome: 'busy' }, 'waiting'],
    ['was never called', { lastOutcome: null, attempts: 0 }, 'waiting'],
    ['has no attempt left', { lastOutcome: 'busy', attempts: 3 }, 'done'],
  ] as const)('when it is removed, a lead that %s is %3$s', (_, difference, dialState) => {
    const lead = leadOf({ dialState: 'waiting', callback: earlier, ...difference })
    expect(withoutCallback(lead, newRules(), now).changes).toEqual({
      callback: null,
      dialState,
      nextTryAt: now,
    })
  })

  test('when it is removed during a call, the call’s outcome decides again', () => {
    const lead = leadOf({ dialState: 'dialling', callback: earlier })
    expect(withoutCallback(lead, newRules(), now)).toEqual({ changes: { callback: null }, afterCall: null })
  })

  test('that is not there changes nothing', () => {
    expect(withoutCallback(leadOf({ dialState: 'waiting' }), newRules(), now).changes).toEqual({})
  })
})
