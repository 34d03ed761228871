import { describe, expect, test } from 'vitest'
import type { Wire } from '../../../../console/api/client.ts'
import {
  changedFields,
  draftOf,
  NEW_DRAFT,
  oddNumber,
  patchOf,
  refusedField,
} from '../../../../console/screens/campaigns/draft.ts'

const CAMPAIGN: Wire<'CrmCampaign'> = {
  ...{ id: 7, name: 'Tea', description: null, status: 'DRAFT', dialerMode: 'PROGRESSIVE', callerId: null },
  ...{ startTime: '09:00:00', endTime: '23:59:59', weekdays: [1, 2], timeZone: 'Europe/Berlin' },
  ...{ maxAttempts: 3, retryDelayMinutes: 30, retryDelays: { BUSY: 5, DECLINED: 90 }, trunk: 'telnyx' },
  ...{ maxConcurrentCalls: 10, wrapUpSeconds: 5, team: 'sales', agentIds: [1], automation: false },
  ...{ totalLeads: 0, dialedLeads: 0, connectedLeads: 0, createdAt: '', updatedAt: '', version: 1 },
}
const draft = draftOf(CAMPAIGN)
const patch = (change: Partial<typeof draft>) => patchOf(draft, { ...draft, ...change }, CAMPAIGN.retryDelays)

describe('the form of a campaign', () => {
  test('sends nothing that did not change', () => {
    expect(patch({})).toEqual({})
    expect(patchOf(NEW_DRAFT, NEW_DRAFT, {})).toEqual({})
  })

  test.each<[Partial<typeof draft>, object]>([
    [{ name: 'Coffee' }, { name: 'Coffee' }],
    [{ description: ' ' }, { description: null }],
    [{ callerId: '+4930' }, { callerId: '+4930' }],
    [{ trunk: '' }, { trunk: null }],
    [
      { startMinute: 570, endMinute: 1_260 },
      { startTime: '09:30', endTime: '21:00' },
    ],
    [{ weekdays: [1, 7] }, { weekdays: [1, 7] }],
    [{ maxAttempts: '4' }, { maxAttempts: 4 }],
    // The delays of other outcomes stay.
    [{ noAnswerMinutes: '60' }, { retryDelays: { BUSY: 5, DECLINED: 90, NO_ANSWER: 60 } }],
    [{ busyMinutes: '' }, { retryDelays: { DECLINED: 90 } }],
    [
      { agentIds: [1, 2], dialerMode: 'PREVIEW' },
      { agentIds: [1, 2], dialerMode: 'PREVIEW' },
    ],
  ])('sends %j as %j', (change, expected) => {
    expect(patch(change)).toEqual(expected)
  })

  test('names the fields that differ', () => {
    expect(changedFields(draft, { ...draft, name: 'Coffee', weekdays: [1] })).toEqual(['name', 'weekdays'])
  })

  test.each([
    ['maxAttempts', '', 'maxAttempts'],
    ['wrapUpSeconds', '1.5', 'wrapUpSeconds'],
    ['busyMinutes', 'soon', 'busyMinutes'],
    ['busyMinutes', '', undefined],
    ['maxAttempts', ' 4 ', undefined],
  ])('finds that %s is “%s” and no whole number: %s', (name, value, found) => {
    expect(oddNumber({ ...draft, [name]: value })).toBe(found)
  })

  test.each([
    [
      'maxAttempts: must be a whole number from 1 to 20',
      'maxAttempts',
      'must be a whole number from 1 to 20',
    ],
    ['weekdays[2]: must be a whole number', 'weekdays', 'must be a whole number'],
    ['startTime must be before endTime', 'startMinute', 'startTime must be before endTime'],
    ['trunk must be one of HOOKSWITCH_TRUNKS: telnyx', 'trunk', 'must be one of HOOKSWITCH_TRUNKS: telnyx'],
    ['agentIds: agent 3 is not one of yours', 'agentIds', 'agent 3 is not one of yours'],
  ])('shows “%s” beside %s', (detail, field, reason) => {
    expect(refusedField(detail)).toEqual({ field, reason })
  })

  test('shows a refusal of the whole below the form', () => {
    expect(refusedField('Supervisors make campaigns of their own team')).toBeUndefined()
    expect(refusedField(undefined)).toBeUndefined()
  })
})
