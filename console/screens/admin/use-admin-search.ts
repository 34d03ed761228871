import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type AdminSearch, readAdminSearch } from './search.ts'

const route = getRouteApi('/admin')

/** The tab and its filters in the address, and what changes some of them; an empty text removes a filter. */
export function useAdminSearch(): [AdminSearch, (change: AdminSearch) => void] {
  const search = route.useSearch()
  const navigate = useNavigate()
  return [
    search,
    (change) =>
      void navigate({ to: '/admin', search: (now) => readAdminSearch({ ...now, ...change }), replace: true }),
  ]
}
