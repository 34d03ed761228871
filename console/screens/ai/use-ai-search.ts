import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type AiSearch, readAiSearch } from './search.ts'

const route = getRouteApi('/ai')

/** What is in the address, and what replaces it. A change of versions alone is no step back for the browser. */
export function useAiSearch(): [AiSearch, (next: AiSearch) => void] {
  const search = route.useSearch()
  const navigate = useNavigate()
  return [
    search,
    (next) =>
      void navigate({
        to: '/ai',
        search: readAiSearch({ ...next }),
        replace: next.tab === search.tab && next.id === search.id,
      }),
  ]
}
