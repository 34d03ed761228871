export const BOARD_TABS = ['now', 'figures', 'links'] as const
export type BoardTab = (typeof BOARD_TABS)[number]
export const PERIODS = ['day', 'week', 'month'] as const
export type Period = (typeof PERIODS)[number]
export const GROUPS = ['agent', 'campaign'] as const
export type Group = (typeof GROUPS)[number]

/** What the board shows, as it is in the address. What is left out is the first of each. */
export interface BoardSearch {
  tab?: BoardTab
  /** Of admins: one team. */
  team?: string
  period?: Period
  group?: Group
  /** One agent or campaign. */
  id?: string
}

/** Reads an address; what is not valid is left out. */
export function readBoardSearch(search: Record<string, unknown>): BoardSearch {
  const found: BoardSearch = {}
  const tab = BOARD_TABS.find((one) => one === search.tab)
  if (tab !== undefined) found.tab = tab
  const period = PERIODS.find((one) => one === search.period)
  if (period !== undefined) found.period = period
  const group = GROUPS.find((one) => one === search.group)
  if (group !== undefined) found.group = group
  const team = typeof search.team === 'string' ? search.team.trim().slice(0, 100) : ''
  if (team !== '') found.team = team
  if (typeof search.id === 'string' && /^\d{1,15}$/.test(search.id)) found.id = search.id
  return found
}
