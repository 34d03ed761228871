import { z } from '@hono/zod-openapi'
import type { AutomationStatus } from '../../core/call-center/campaigns/automation-status.ts'
import { Time } from '../openapi.ts'
import { IdJson, toIdJson } from './ids.ts'
import { isoOrNull } from './iso-time.ts'
import { toUpperEnum, withUpperKeys } from './wire.ts'

export const AutomationStatusJson = z
  .object({
    campaignId: IdJson,
    running: z.boolean().openapi({ description: 'The campaign is ACTIVE and dials automatically' }),
    paused: z.boolean(),
    isRunning: z.boolean().openapi({ description: 'As `running`, for existing clients' }),
    callsInProgress: z.int().openapi({ description: 'As `dialling`, for existing clients' }),
    leadsProcessed: z.int().openapi({ description: 'As `processedLeads`, for existing clients' }),
    processedLeads: z.int().openapi({ description: 'Leads that are done: reached, or out of attempts' }),
    successfulCalls: z.int().openapi({ description: 'Leads with an answered last call' }),
    failedCalls: z.int().openapi({ description: 'Attempts that were not answered' }),
    status: z.enum(['DRAFT', 'ACTIVE', 'PAUSED', 'COMPLETED']),
    automation: z.boolean(),
    waiting: z.int().openapi({ description: 'Leads in the queue' }),
    dialling: z.int().openapi({ description: 'Leads in a call' }),
    done: z.int(),
    freeAgents: z.int().openapi({ description: 'Agents who are READY and have a free phone' }),
    note: z.string().nullable().openapi({
      description: 'Why the campaign does not dial although it is running, or its last failure',
      example: 'no free agent',
    }),
    nextTryAt: Time.nullable(),
    outcomes: z
      .record(z.string(), z.int())
      .openapi({ description: 'Leads by the outcome of their last call', example: { ANSWERED: 3, BUSY: 1 } }),
  })
  .openapi('CrmAutomation')

export function toAutomationStatusJson(report: AutomationStatus): z.output<typeof AutomationStatusJson> {
  const { campaign, progress, freeAgents, note, nextTryAt } = report
  const { waiting, dialling, done, calls, outcomes } = progress
  const answered = outcomes.answered ?? 0
  const running = campaign.status === 'active' && campaign.automation
  return {
    campaignId: toIdJson(campaign.id),
    running,
    isRunning: running,
    callsInProgress: dialling,
    leadsProcessed: done,
    paused: campaign.status === 'paused',
    processedLeads: done,
    successfulCalls: answered,
    failedCalls: Math.max(0, calls - answered),
    status: toUpperEnum(campaign.status),
    automation: campaign.automation,
    ...{ waiting, dialling, done, freeAgents, note },
    nextTryAt: isoOrNull(nextTryAt),
    outcomes: withUpperKeys(outcomes),
  }
}
