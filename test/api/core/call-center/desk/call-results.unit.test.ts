import { describe, expect, test } from 'vitest'
import type { Agent } from '../../../../../api/core/call-center/agents/agent.ts'
import type { AgentCall } from '../../../../../api/core/call-center/calls/agent-call.ts'
import type { CallRecordStore } from '../../../../../api/core/call-center/desk/call-records.ts'
import { createCallResults } from '../../../../../api/core/call-center/desk/call-results.ts'
import type { CallResultRequest } from '../../../../../api/core/call-center/desk/desk.ts'
import type { Lead } from '../../../../../api/core/call-center/leads/lead.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCampaign, newRules } from '../../../../support/fixtures/campaigns.ts'
import { lead } from '../calls/fixtures/actors.ts'

const now = Date.parse('2026-11-30T12:00:00Z') / 1_000
const policy = createDialPolicy(PolicyFile.parse({}))
const refused = (code: string) => expect.objectContaining({ code })
const request: CallResultRequest = { callId: 'hk_1', leadId: '9', disposition: '1', next: 'ready' }
const agentCall: AgentCall = {
  ...{ id: '5', callId: 'hk_1', agentId: '1', leadId: '9', campaignId: '1' },
  ...{ number: '+49301', createdAt: now - 60, outcome: 'answered' },
}

interface Given {
  agent?: Partial<Agent>
  call?: Partial<AgentCall>
  /** The last call of a lead; by default the one of the request. */
  lastCallId?: string
  stored?: { disposition: string; name: string; createdAt: number }
  lead?: Partial<Lead>
}

function create(given: Given = {}) {
  const done: unknown[] = []
  let saved: Parameters<CallRecordStore['saveResult']>[1] | undefined
  const agent = newAgent({ status: 'ready', availableFrom: now + 5, ...given.agent })
  const by = { userId: '1', role: 'user', agent, scope: { sees: 'own', agentId: '1' } } as const
  const results = createCallResults({
    agents: { setAvailableFrom: async (...args) => void done.push(['available', ...args]) },
    agentService: {
      async setStatus(_, id, status) {
        done.push(['status', id, status])
        return agent
      },
    },
    campaigns: { find: async (id) => newCampaign({ id, rules: newRules({ timeZone: 'Asia/Tokyo' }) }) },
    leads: {
      find: async (id, scope) =>
        id === '9' && scope.sees === 'own' ? { ...lead, dialState: 'done', ...given.lead } : undefined,
    },
    records: {
      findResult: async () => given.stored,
      async saveResult(_, write) {
        saved = write
        return given.stored === undefined
      },
    },
    store: {
      lastLeadCallOf: async () => ({ ...agentCall, callId: given.lastCallId ?? 'hk_1', ...given.call }),
    },
    texts: { find: async () => undefined },
    callFinder: {
      async find(_, id) {
        if (id !== 'hk_1') throw new Refusal('not_found')
        return {
          agentCall: { ...agentCall, ...given.call },
          source: { kind: 'requested', userId: '1', number: '', createdAt: 0, outcome: null },
        }
      },
    },
    policy: () => policy,
    timeZone: 'UTC',
    now: () => now * 1_000,
    onChange: (ids) => void done.push(['notified', ...ids]),
  })
  const save = (difference: Partial<CallResultRequest> = {}) =>
    results.save(by, { ...request, ...difference })
  return {
    save,
    done,
    changes: () => saved?.update({ ...lead, dialState: 'done', ...given.lead }).changes,
    saved: () => saved,
  }
}

describe('the result of a call', () => {
  test('ends the wrap-up, and the agent is notified', async () => {
    const { save, done, changes } = create()
    await save()
    expect(changes()).toMatchObject({ status: 'qualified', dialState: 'done' })
    expect(done).toEqual([
      ['available', '1', now],
      ['notified', '1'],
    ])
  })

  test.each([
    ['ready after after_call', { status: 'after_call' }, 'ready', ['status', '1', 'ready']],
    ['on a break that they want next', { status: 'ready' }, 'break', ['status', '1', 'break']],
    ['still on the break that they took during the call', { status: 'break' }, 'ready', undefined],
    ['still offline', { status: 'offline' }, 'ready', undefined],
  ] as const)('leaves the agent %s', async (_, agent, next, expected) => {
    const { save, done } = create({ agent })
    await save({ next })
    expect(done.find((one) => Array.isArray(one) && one[0] === 'status')).toEqual(expected)
  })

  test('of an earlier call ends no wrap-up', async () => {
    const { save, done } = create({ lastCallId: 'hk_2', agent: { status: 'after_call' } })
    await save()
    expect(done).toEqual([['notified', '1']])
  })

  test('does not shorten the pause of an agent for a call that their phone did not take', async () => {
    const { save, done } = create({ call: { outcome: 'own_no_answer' } })
    await save()
    expect(done).toEqual([['notified', '1']])
  })

  const sold = { disposition: '1', name: 'Sold', createdAt: now - 10 }

  test('that is stored already changes the note', async () => {
    const { save, saved } = create({ stored: sold })
    await save({ note: 'again', noteRevision: 3 })
    expect(saved()).toMatchObject({
      note: { text: 'again', revision: 3 },
      disposition: { key: '1', name: 'Sold' },
    })
  })

  test('that is sent again completes what failed the first time', async () => {
    const { save, done } = create({ stored: sold, agent: { statusAt: now - 60 } })
    await save({ next: 'break' })
    expect(done).toEqual([
      ['available', '1', now],
      ['status', '1', 'break'],
      ['notified', '1'],
    ])
  })

  test('that is sent again leaves a status that the agent has set since', async () => {
    const { save, done } = create({ stored: sold, agent: { statusAt: now - 5, availableFrom: now - 10 } })
    await save({ next: 'break' })
    expect(done).toEqual([['notified', '1']])
  })

  test('that is stored already may be sent again although the campaign no longer has its key', async () => {
    const { save } = create({ stored: { disposition: '8', name: 'Gone', createdAt: now } })
    await expect(save({ disposition: '8' })).resolves.toBeUndefined()
  })

  test.each([
    ['a key that the campaign has not', { disposition: '8' }, 'input_invalid'],
    ['a callback without its time', { disposition: '4' }, 'input_invalid'],
    [
      'a callback in the past',
      { disposition: '4', callback: { at: '2026-11-30T12:00', isOwn: true } },
      'input_invalid',
    ],
    ['another call', { callId: 'hk_2' }, 'not_found'],
    ['a lead that the agent does not see', { leadId: '8' }, 'not_found'],
  ] as const)('is refused with %s', async (_, difference, code) => {
    const { save, done, saved } = create()
    await expect(save(difference)).rejects.toThrow(refused(code))
    expect([done, saved()]).toEqual([[], undefined])
  })

  test('is refused for another lead than that of the call', async () => {
    const { save } = create({ call: { leadId: '10' } })
    await expect(save()).rejects.toThrow(refused('not_found'))
  })

  test('of an incoming call is for a lead that the agent chooses', async () => {
    const { save, changes } = create({ call: { leadId: null, campaignId: null } })
    await save()
    expect(changes()).toMatchObject({ status: 'qualified', dialState: 'done' })
  })

  test.each([
    ['its campaign’s zone', {}, undefined, 'Asia/Tokyo', '2026-12-01T01:00Z'],
    ['its own zone', { timeZone: 'Europe/Berlin' }, undefined, 'Europe/Berlin', '2026-12-01T09:00Z'],
    ['the zone of the request', { timeZone: 'Europe/Berlin' }, 'UTC', 'UTC', '2026-12-01T10:00Z'],
  ] as const)('reads a callback in %s', async (_, difference, timeZone, zone, expected) => {
    const { save, changes } = create({ lead: difference })
    await save({ disposition: '4', callback: { at: '2026-12-01T10:00', timeZone, isOwn: true } })
    const at = Date.parse(expected) / 1_000
    expect(changes()).toMatchObject({
      ...{ dialState: 'waiting', nextTryAt: at },
      callback: { at, timeZone: zone, agentId: '1', isOwn: true },
    })
  })

  test('notifies the agent who had agreed the callback that it ends', async () => {
    const callback = { at: now, timeZone: 'UTC', agentId: '3', isOwn: false, attemptsBefore: 0 }
    const { save, done } = create({ lead: { callback } })
    await save()
    expect(done).toContainEqual(['notified', '1', '3'])
  })
})
