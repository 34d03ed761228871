import { useQueryClient } from '@tanstack/react-query'
import type { DocumentAccess, StoredDocument } from './document-access.ts'

/** @returns a function that shows what is stored now, where it is known, and loads the lists and versions again */
export function useChanged({ key }: DocumentAccess): (newest?: StoredDocument | null) => Promise<void> {
  const queries = useQueryClient()
  return async (newest) => {
    if (newest === undefined) await queries.invalidateQueries({ queryKey: [...key, 'newest'] })
    else queries.setQueryData([...key, 'newest'], newest)
    await Promise.all([
      queries.invalidateQueries({ queryKey: [...key, 'versions'] }),
      queries.invalidateQueries({ queryKey: ['ai', 'list'] }),
    ])
  }
}
