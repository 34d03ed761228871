import { type LeadsSearch, readLeadsSearch } from './search.ts'

/** A filter that a person has saved in this browser. */
export interface SavedFilter {
  name: string
  search: LeadsSearch
}

const MAX_FILTERS = 50
const MAX_NAME = 60
const keyOf = (userId: string) => `leads.filters.${userId}`

/** The part of `localStorage` that is used. */
interface Storage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

/** Of one user; what is not readable is left out. */
export function readSavedFilters(storage: Storage, userId: string): SavedFilter[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(keyOf(userId)) ?? '[]')
    if (!Array.isArray(stored)) return []
    return stored.slice(0, MAX_FILTERS).flatMap((one: unknown) => {
      const { name, search } = Object(one) as Record<string, unknown> // each member is checked
      if (typeof name !== 'string' || name.trim() === '') return []
      return [{ name: name.slice(0, MAX_NAME), search: readLeadsSearch(Object(search)) }]
    })
  } catch {
    return []
  }
}

/** Adds a filter, or replaces the one of the same name. @returns all, by name */
export function saveFilter(storage: Storage, userId: string, filter: SavedFilter): SavedFilter[] {
  const name = filter.name.trim().slice(0, MAX_NAME)
  const others = readSavedFilters(storage, userId).filter((one) => one.name !== name)
  return store(storage, userId, [...others, { name, search: filter.search }])
}

export function removeFilter(storage: Storage, userId: string, name: string): SavedFilter[] {
  return store(
    storage,
    userId,
    readSavedFilters(storage, userId).filter((one) => one.name !== name),
  )
}

function store(storage: Storage, userId: string, filters: readonly SavedFilter[]): SavedFilter[] {
  const sorted = [...filters].sort((a, b) => a.name.localeCompare(b.name)).slice(0, MAX_FILTERS)
  storage.setItem(keyOf(userId), JSON.stringify(sorted))
  return sorted
}

/** Whether two searches are the same list. */
export const isSameSearch = (a: LeadsSearch, b: LeadsSearch): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())
