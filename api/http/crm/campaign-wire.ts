import { z } from '@hono/zod-openapi'
import { CAMPAIGN_STATUSES, type CampaignRules } from '../../core/call-center/campaigns/campaign.ts'
import type { CampaignPatch, CampaignWithProgress } from '../../core/call-center/campaigns/campaigns.ts'
import { CALL_OUTCOMES, type CallOutcome } from '../../core/calls/call.ts'
import { Time } from '../openapi.ts'
import { PhoneNumberText } from '../phone-number.ts'
import { Id, IdJson, toIdJson } from './ids.ts'
import { iso } from './iso-time.ts'
import { PageQuery } from './paging.ts'
import { EndTimeOfDay, formatTimeOfDay, StartTimeOfDay } from './time-of-day.ts'
import { toUpperEnum, withUpperKeys } from './wire.ts'

const Status = z.enum(['DRAFT', 'ACTIVE', 'PAUSED', 'COMPLETED'])

const PREDICTIVE_UNSUPPORTED =
  'PREDICTIVE is not offered: it calls people whom nobody can answer. Choose PROGRESSIVE'
const DialerMode = z
  .enum(['PREVIEW', 'PROGRESSIVE'], {
    error: ({ input }) =>
      input === 'PREDICTIVE' ? PREDICTIVE_UNSUPPORTED : 'must be PREVIEW or PROGRESSIVE',
  })
  .openapi({ description: 'PREVIEW: agents dial by hand. PROGRESSIVE: dials one lead for each free agent' })

const Minutes = z.int().min(0).max(43_200)
/** Outcomes of an attempt that failed. A failure of the agent's own phone (`own_…`) does not count as an attempt. */
const RETRY_OUTCOMES = CALL_OUTCOMES.filter((one) => !one.startsWith('own_') && one !== 'answered').map(
  toUpperEnum,
)
const RetryDelays = z
  .partialRecord(z.enum(RETRY_OUTCOMES), Minutes)
  .openapi({ type: 'object', description: 'Minutes by outcome', example: { BUSY: 5 } })

const CampaignChanges = z.object({
  description: z.string().trim().max(2_000).nullable().optional(),
  team: z.string().trim().min(1).max(100).nullable().optional(),
  dialerMode: DialerMode.optional(),
  callerId: PhoneNumberText.nullable().optional(),
  startTime: StartTimeOfDay.optional(),
  endTime: EndTimeOfDay.optional(),
  weekdays: z
    .array(z.int().min(1).max(7))
    .min(1)
    .max(7)
    .optional()
    .openapi({ description: 'ISO: 1 is Monday', example: [1, 2, 3, 4, 5, 6] }),
  timeZone: z.string().trim().max(64).optional().openapi({
    description: 'For leads without a time zone: an IANA name or UTC; no abbreviation',
    example: 'Europe/Berlin',
  }),
  maxAttempts: z.int().min(1).max(20).optional(),
  retryDelayMinutes: Minutes.optional(),
  retryDelays: RetryDelays.optional(),
  maxConcurrentCalls: z.int().min(1).max(1_000).optional(),
  trunk: z.string().max(64).nullable().optional().openapi({ description: 'One of HOOKSWITCH_TRUNKS' }),
  wrapUpSeconds: z.int().min(0).max(3_600).optional(),
  agentIds: z.array(Id).max(1_000).optional(),
})
const Name = z.string().trim().min(1).max(200)

export const NewCampaignBody = CampaignChanges.extend({ name: Name })
export const CampaignPatchBody = CampaignChanges.extend({ name: Name.optional() })

/** A member that is left out keeps its value, or has the default in a new campaign. */
export function toCampaignPatch(body: z.output<typeof CampaignChanges>): Omit<CampaignPatch, 'name'> {
  const { description, team, dialerMode, agentIds } = body
  const rules: Partial<CampaignRules> = {
    ...(body.callerId === undefined ? {} : { callerId: body.callerId }),
    ...(body.startTime === undefined ? {} : { startMinute: body.startTime }),
    ...(body.endTime === undefined ? {} : { endMinute: body.endTime }),
    ...(body.weekdays === undefined ? {} : { weekdays: [...new Set(body.weekdays)].sort() }),
    ...(body.timeZone === undefined ? {} : { timeZone: body.timeZone }),
    ...(body.maxAttempts === undefined ? {} : { maxAttempts: body.maxAttempts }),
    ...(body.retryDelayMinutes === undefined ? {} : { retryMinutes: body.retryDelayMinutes }),
    ...(body.retryDelays === undefined ? {} : { retryMinutesOf: toRetryMinutes(body.retryDelays) }),
    ...(body.maxConcurrentCalls === undefined ? {} : { maxCalls: body.maxConcurrentCalls }),
    ...(body.trunk === undefined ? {} : { trunk: body.trunk }),
    ...(body.wrapUpSeconds === undefined ? {} : { wrapUpSeconds: body.wrapUpSeconds }),
  }
  return {
    ...{ description, team, agentIds },
    dialerMode: dialerMode === undefined ? undefined : DIALER_MODES[dialerMode],
    rules: Object.keys(rules).length === 0 ? undefined : rules,
  }
}
const DIALER_MODES = { PREVIEW: 'preview', PROGRESSIVE: 'progressive' } as const

const toRetryMinutes = (delays: z.output<typeof RetryDelays>): CampaignRules['retryMinutesOf'] =>
  Object.fromEntries(
    CALL_OUTCOMES.flatMap((outcome) => {
      const minutes = (delays as Partial<Record<Uppercase<CallOutcome>, number>>)[toUpperEnum(outcome)] // its keys are some of these
      return minutes === undefined ? [] : [[outcome, minutes]]
    }),
  )

export const CampaignQuery = PageQuery.extend({ status: Status.optional() })
export const toCampaignStatus = (status: z.output<typeof Status> | undefined) =>
  CAMPAIGN_STATUSES.find((one) => toUpperEnum(one) === status)

export const CampaignJson = z
  .object({
    id: IdJson,
    name: z.string(),
    description: z.string().nullable(),
    status: Status,
    dialerMode: z.enum(['PREVIEW', 'PROGRESSIVE']),
    callerId: z.string().nullable(),
    startTime: z.string().openapi({ example: '09:00:00' }),
    endTime: z.string().openapi({ example: '21:00:00', description: '`23:59:59` is the end of the day' }),
    weekdays: z.array(z.int()),
    timeZone: z.string(),
    maxAttempts: z.int(),
    retryDelayMinutes: z.int(),
    retryDelays: z.record(z.string(), z.int()),
    maxConcurrentCalls: z.int(),
    trunk: z.string().nullable(),
    wrapUpSeconds: z.int(),
    team: z.string().nullable(),
    agentIds: z.array(IdJson),
    automation: z
      .boolean()
      .openapi({ description: 'Whether the campaign dials automatically while it is ACTIVE' }),
    totalLeads: z.int(),
    dialedLeads: z.int().openapi({ description: 'Leads that were called' }),
    connectedLeads: z.int().openapi({ description: 'Leads with an answered last call' }),
    createdAt: Time,
    updatedAt: Time,
    version: z.int(),
  })
  .openapi('CrmCampaign')

export function toCampaignJson({ campaign, progress }: CampaignWithProgress): z.output<typeof CampaignJson> {
  const { rules } = campaign
  return {
    id: toIdJson(campaign.id),
    name: campaign.name,
    description: campaign.description,
    status: toUpperEnum(campaign.status),
    dialerMode: toUpperEnum(campaign.dialerMode),
    callerId: rules.callerId,
    startTime: formatTimeOfDay(rules.startMinute),
    endTime: formatTimeOfDay(rules.endMinute),
    weekdays: [...rules.weekdays],
    timeZone: rules.timeZone,
    maxAttempts: rules.maxAttempts,
    retryDelayMinutes: rules.retryMinutes,
    retryDelays: withUpperKeys(rules.retryMinutesOf),
    maxConcurrentCalls: rules.maxCalls,
    trunk: rules.trunk,
    wrapUpSeconds: rules.wrapUpSeconds,
    team: campaign.team,
    agentIds: campaign.agentIds.map(toIdJson),
    automation: campaign.automation,
    totalLeads: progress.total,
    dialedLeads: Object.values(progress.outcomes).reduce((sum, leads) => sum + leads, 0),
    connectedLeads: progress.outcomes.answered ?? 0,
    createdAt: iso(campaign.createdAt),
    updatedAt: iso(campaign.updatedAt),
    version: campaign.version,
  }
}
