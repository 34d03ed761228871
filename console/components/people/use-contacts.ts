import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { type Api, dataOf, type Wire } from '../../api/client.ts'
import { useConsole, useSelected } from '../../app/console-context.ts'
import { type Contact, createNamesSelector, mergeContacts } from './directory.ts'

export const PEOPLE_KEY = ['people'] as const
const PAGE_SIZE = 500
/** Enough for 10 000 people. */
const MAX_PAGES = 20

/** All people and queues. While the API has not answered, those of the stream. */
export function useContacts(): {
  contacts: readonly Contact[]
  isLoading: boolean
  error: unknown
  retry(): void
} {
  const { api, live } = useConsole()
  const people = useQuery({
    queryKey: PEOPLE_KEY,
    queryFn: ({ signal }) => readAllPeople(api, signal),
    staleTime: 60_000,
  })
  const [selectNames] = useState(createNamesSelector)
  const names = useSelected(live.presence, selectNames)
  const contacts = useMemo(() => mergeContacts(people.data, names), [people.data, names])
  return {
    contacts,
    isLoading: people.isPending && contacts.length === 0,
    error: people.error,
    retry: () => void people.refetch(),
  }
}

async function readAllPeople(api: Api, signal: AbortSignal): Promise<Wire<'Person'>[]> {
  const all: Wire<'Person'>[] = []
  let cursor: string | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) }
    const { people, next_cursor } = await dataOf(api.GET('/api/v1/people', { params: { query }, signal }))
    all.push(...people)
    if (next_cursor === null) break
    cursor = next_cursor
  }
  return all
}
