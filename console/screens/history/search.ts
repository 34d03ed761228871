/** The filters of the history, as they are in the address. */
export interface HistorySearch {
  q?: string
}

/** Reads the filters from an address; what is not valid is left out. */
export const readHistorySearch = (search: Record<string, unknown>): HistorySearch => ({
  ...(typeof search.q === 'string' && search.q !== '' ? { q: search.q } : {}),
})
