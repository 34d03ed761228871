import { useQueryClient } from '@tanstack/react-query'

/** Loads again what the tabs of this screen show. */
export function useReloadLists(): () => void {
  const queries = useQueryClient()
  return () => void queries.invalidateQueries({ queryKey: ['admin'] })
}
