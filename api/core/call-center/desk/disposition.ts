import type { LeadStatus } from '../leads/lead.ts'

/**
 * What happens to the lead after a call:
 * - `done`: its campaign calls it no more
 * - `retry`: its campaign calls it again after the usual delay, if attempts are left
 * - `callback`: its campaign calls it at the time that was agreed
 * - `do_not_call`: as the lead's status of that name
 */
export const DISPOSITION_EFFECTS = ['done', 'retry', 'callback', 'do_not_call'] as const
export type DispositionEffect = (typeof DISPOSITION_EFFECTS)[number]

/** A result that an agent may give a call, by one key. */
export interface Disposition {
  /** `1` to `9`. */
  key: string
  name: string
  effect: DispositionEffect
  /** The lead's new status; null leaves it. */
  leadStatus: LeadStatus | null
}

/** Of a campaign that has none of its own, and of calls outside of campaigns. */
export const DEFAULT_DISPOSITIONS: readonly Disposition[] = [
  { key: '1', name: 'Qualified', effect: 'done', leadStatus: 'qualified' },
  { key: '2', name: 'Reached', effect: 'done', leadStatus: 'contacted' },
  { key: '3', name: 'Not interested', effect: 'done', leadStatus: 'lost' },
  { key: '4', name: 'Callback', effect: 'callback', leadStatus: null },
  { key: '5', name: 'Try again', effect: 'retry', leadStatus: null },
  { key: '6', name: 'Wrong number', effect: 'done', leadStatus: 'lost' },
  { key: '7', name: 'Converted', effect: 'done', leadStatus: 'converted' },
  { key: '9', name: 'Do not call', effect: 'do_not_call', leadStatus: 'do_not_call' },
]
