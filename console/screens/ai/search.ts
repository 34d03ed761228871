export const AI_TABS = ['templates', 'settings', 'config'] as const
export type AiTab = (typeof AI_TABS)[number]

/** What is shown, as it is in the address. */
export interface AiSearch {
  tab?: AiTab
  /** Id of a template, `new`, or id of an agent. */
  id?: string
  /** Versions that are compared: the old one and the new one. */
  from?: number
  to?: number
}

/** Reads an address; what is not valid is left out. */
export function readAiSearch(search: Record<string, unknown>): AiSearch {
  const found: AiSearch = {}
  const tab = AI_TABS.find((one) => one === search.tab)
  if (tab !== undefined) found.tab = tab
  const id = String(search.id ?? '')
  if (/^[\w-]{1,64}$/.test(id)) found.id = id
  for (const name of ['from', 'to'] as const) {
    const version = Number(search[name])
    if (Number.isSafeInteger(version) && version > 0) found[name] = version
  }
  return found
}
