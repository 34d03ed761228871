import type { Wire } from '../../api/client.ts'
import type { paths } from '../../api/schema.d.ts'
import { toMinute, toTimeText, type Week } from './week.ts'

type Campaign = Wire<'CrmCampaign'>
type Patch = paths['/api/campaigns/{id}']['put']['requestBody']['content']['application/json']

/** What the form holds. Texts are as typed. */
export interface Draft extends Week {
  name: string
  description: string
  team: string
  dialerMode: Campaign['dialerMode']
  callerId: string
  timeZone: string
  maxAttempts: string
  retryDelayMinutes: string
  /** By outcome; empty for the general delay. */
  busyMinutes: string
  noAnswerMinutes: string
  maxConcurrentCalls: string
  trunk: string
  wrapUpSeconds: string
  agentIds: readonly number[]
}

/** A new campaign, as the API makes it. What stays as it is here is not sent. */
export const NEW_DRAFT: Draft = {
  ...{ name: '', description: '', team: '', dialerMode: 'PROGRESSIVE', callerId: '', timeZone: '' },
  ...{ startMinute: 9 * 60, endMinute: 21 * 60, weekdays: [1, 2, 3, 4, 5, 6], trunk: '', agentIds: [] },
  ...{ maxAttempts: '3', retryDelayMinutes: '30', busyMinutes: '5', noAnswerMinutes: '' },
  ...{ maxConcurrentCalls: '10', wrapUpSeconds: '5' },
}

export const draftOf = (campaign: Campaign): Draft => ({
  name: campaign.name,
  description: campaign.description ?? '',
  team: campaign.team ?? '',
  dialerMode: campaign.dialerMode,
  callerId: campaign.callerId ?? '',
  startMinute: toMinute(campaign.startTime),
  endMinute: toMinute(campaign.endTime),
  weekdays: campaign.weekdays,
  timeZone: campaign.timeZone,
  maxAttempts: String(campaign.maxAttempts),
  retryDelayMinutes: String(campaign.retryDelayMinutes),
  busyMinutes: minutesText(campaign.retryDelays.BUSY),
  noAnswerMinutes: minutesText(campaign.retryDelays.NO_ANSWER),
  maxConcurrentCalls: String(campaign.maxConcurrentCalls),
  trunk: campaign.trunk ?? '',
  wrapUpSeconds: String(campaign.wrapUpSeconds),
  agentIds: campaign.agentIds,
})

/** Members that differ, by the names of the draft. */
export const changedFields = (before: Draft, after: Draft): (keyof Draft)[] =>
  (Object.keys(before) as (keyof Draft)[]).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )

/**
 * The request that makes `after` of `before`. Members that did not change are left out: so two people can change
 * different ones.
 * @param delays the delays by outcome that are stored: the API replaces all of them together
 */
export function patchOf(before: Draft, after: Draft, delays: Campaign['retryDelays']): Patch {
  const patch: Patch = {}
  for (const name of changedFields(before, after)) {
    switch (name) {
      case 'name':
        patch.name = after.name
        break
      case 'dialerMode':
        patch.dialerMode = after.dialerMode
        break
      case 'timeZone':
        patch.timeZone = after.timeZone
        break
      case 'description':
      case 'team':
      case 'trunk':
        patch[name] = after[name].trim() || null
        break
      case 'callerId':
        // The API takes null for none, which its document does not state.
        patch.callerId = (after.callerId.trim() || null) as string
        break
      case 'startMinute':
        patch.startTime = toTimeText(after.startMinute)
        break
      case 'endMinute':
        patch.endTime = toTimeText(after.endMinute)
        break
      case 'weekdays':
        patch.weekdays = [...after.weekdays]
        break
      case 'agentIds':
        patch.agentIds = [...after.agentIds]
        break
      case 'busyMinutes':
      case 'noAnswerMinutes':
        patch.retryDelays = withDelay(
          withDelay(delays, 'BUSY', after.busyMinutes),
          'NO_ANSWER',
          after.noAnswerMinutes,
        )
        break
      default:
        patch[name] = Number(after[name])
    }
  }
  return patch
}

function withDelay(delays: Record<string, number>, outcome: string, minutes: string): Record<string, number> {
  const { [outcome]: _, ...others } = delays
  return minutes.trim() === '' ? others : { ...others, [outcome]: Number(minutes) }
}

const minutesText = (minutes: number | undefined) => (minutes === undefined ? '' : String(minutes))

const NUMBERS = ['maxAttempts', 'retryDelayMinutes', 'maxConcurrentCalls', 'wrapUpSeconds'] as const
const OPTIONAL_NUMBERS = ['busyMinutes', 'noAnswerMinutes'] as const

/** The first field that has to hold a whole number and does not: JSON would turn it into null, which is not refused. */
export const oddNumber = (draft: Draft): keyof Draft | undefined =>
  NUMBERS.find((name) => !/^\s*\d+\s*$/.test(draft[name])) ??
  OPTIONAL_NUMBERS.find((name) => !/^\s*\d*\s*$/.test(draft[name]))

/** The field that a refusal of the API names, `maxAttempts: must be …`, and the reason. */
export function refusedField(detail: string | undefined): { field: keyof Draft; reason: string } | undefined {
  const [, member = '', reason = ''] = /^(\w+)(?:\[\d+\]|\.\w+)*:? (.+)$/s.exec(detail ?? '') ?? []
  const field = MEMBERS[member] ?? (Object.hasOwn(NEW_DRAFT, member) ? (member as keyof Draft) : undefined)
  return field === undefined ? undefined : { field, reason: detail?.includes(': ') ? reason : (detail ?? '') }
}
/** Members of the API that the form has under another name. */
const MEMBERS: Partial<Record<string, keyof Draft>> = {
  startTime: 'startMinute',
  endTime: 'startMinute',
  retryDelays: 'busyMinutes',
}
