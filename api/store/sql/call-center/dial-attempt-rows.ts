import type { DialAttempt } from '../../../core/call-center/campaigns/dial-queue.ts'

/** The columns of `leads` that make a `DialAttempt`. */
export const ATTEMPT_COLUMNS = [
  'id',
  'number',
  'campaign_id',
  'dialling_agent_id',
  'dialling_call_id',
  'dialling_from',
  'dialling_since',
  'attempts',
  'callback_attempts',
] as const

interface Row {
  id: number
  number: string
  campaign_id: number | null
  dialling_agent_id: number | null
  dialling_call_id: string | null
  dialling_from: DialAttempt['from'] | null
  dialling_since: number | null
  attempts: number
  callback_attempts: number | null
}

export const toDialAttempt = (row: Row): DialAttempt => ({
  leadId: String(row.id),
  number: row.number,
  campaignId: row.campaign_id === null ? null : String(row.campaign_id),
  agentId: row.dialling_agent_id === null ? null : String(row.dialling_agent_id),
  callId: row.dialling_call_id ?? '',
  from: row.dialling_from ?? 'idle',
  attempts: Math.max(0, row.attempts - (row.callback_attempts ?? 0)),
  since: row.dialling_since ?? 0,
})
