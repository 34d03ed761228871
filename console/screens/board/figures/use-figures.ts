import { useQuery } from '@tanstack/react-query'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import type { BoardSearch } from '../search.ts'
import { browserTimeZone } from '../time-zone.ts'
import { toFiguresRange } from './periods.ts'

const POLL_MS = 60_000

export function toFiguresQuery({ period = 'day', group = 'agent', team, id }: BoardSearch) {
  const timeZone = browserTimeZone()
  return {
    ...toFiguresRange(period, new Date()),
    group,
    ...(team === undefined ? {} : { team }),
    ...(id === undefined ? {} : { id }),
    ...(timeZone === undefined ? {} : { time_zone: timeZone }),
  }
}

export function useFigures(search: BoardSearch) {
  const { api } = useConsole()
  const { period, group, team, id } = search
  return useQuery({
    queryKey: ['figures', period, group, team, id],
    async queryFn({ signal }) {
      const answer = api.GET('/api/v1/figures', { params: { query: toFiguresQuery(search) }, signal })
      return (await dataOf(answer)) as Wire<'Figures'> // without `Accept: text/csv` it is no table
    },
    refetchInterval: POLL_MS,
  })
}
