import type { Wire } from '../../../api/client.ts'

export type Disposition = Wire<'Disposition'>

export const EFFECTS = ['done', 'retry', 'callback', 'do_not_call'] as const
export const LEAD_STATUSES = ['new', 'contacted', 'qualified', 'converted', 'lost', 'do_not_call'] as const
const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9']

/** The first key that is free; undefined if all nine are used. */
export const freeKey = (list: readonly Disposition[]): string | undefined =>
  KEYS.find((key) => !list.some((one) => one.key === key))

/** The keys that a result may have: its own, and the free ones. */
export const keysFor = (list: readonly Disposition[], own: string): string[] =>
  KEYS.filter((key) => key === own || !list.some((one) => one.key === key))
