import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type BoardSearch, readBoardSearch } from './search.ts'

const route = getRouteApi('/board')

/** What the address names, and what changes some of it; an empty text removes a member. */
export function useBoardSearch(): [
  BoardSearch,
  (change: { [Name in keyof BoardSearch]?: string | undefined }) => void,
] {
  const search = route.useSearch()
  const navigate = useNavigate()
  return [
    search,
    (change) =>
      void navigate({
        to: '/board',
        search: (now) => readBoardSearch({ ...now, ...change }),
        replace: true,
      }),
  ]
}
