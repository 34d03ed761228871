import { isDay } from '../../components/calendar-day.ts'

export const ADMIN_TABS = [
  'people',
  'import',
  'sessions',
  'invitations',
  'do-not-call',
  'provisioning',
  'webhooks',
  'tokens',
  'log',
] as const
export type AdminTab = (typeof ADMIN_TABS)[number]

/** The tab and its filters, as they are in the address. Each tab reads those that it has. */
export interface AdminSearch {
  tab?: AdminTab
  /** Text that is searched for. */
  q?: string
  role?: string
  state?: string
  event?: string
  /** Id of a user. */
  user?: string
  /** Id of a webhook. */
  hook?: string
  /** Days, such as `2026-01-31`, of the browser’s time zone; both are included. */
  from?: string
  to?: string
}

const WORD = /^[\w-]{1,64}$/

/** Reads an address; what is not valid is left out. */
export function readAdminSearch(search: Record<string, unknown>): AdminSearch {
  const textOf = (name: string) => {
    const value = search[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  const found: AdminSearch = {}
  const tab = ADMIN_TABS.find((one) => one === textOf('tab'))
  if (tab !== undefined) found.tab = tab
  const q = textOf('q').slice(0, 100)
  if (q !== '') found.q = q
  for (const name of ['role', 'state', 'event', 'user', 'hook'] as const) {
    if (WORD.test(textOf(name))) found[name] = textOf(name)
  }
  for (const name of ['from', 'to'] as const) {
    if (isDay(textOf(name))) found[name] = textOf(name)
  }
  return found
}
