import { dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { startOfDay } from '../../../components/calendar-day.ts'
import { Notice } from '../../../components/notice.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { PagedRows } from '../paged-rows.tsx'
import { useAdminSearch } from '../use-admin-search.ts'
import { usePages } from '../use-pages.ts'
import { usePersonName } from '../use-person-name.ts'
import { EventRow } from './event-row.tsx'
import { LogFilters } from './log-filters.tsx'
import { logMessages } from './messages.ts'

type EventName = keyof typeof import('./messages.en.ts')['messages']['events']

/** Logins, ended sessions and what administrators did, the newest first. */
export function LogTab() {
  const texts = useMessages(logMessages)
  const { api } = useConsole()
  const [{ q, event, user, from, to }, setSearch] = useAdminSearch()
  const name = usePersonName(user)
  const chosen = event !== undefined && Object.hasOwn(texts.events, event) ? (event as EventName) : undefined
  const list = usePages(['log', q, chosen, user, from, to], async (page, signal) => {
    const query = {
      ...page,
      ...(q === undefined ? {} : { q }),
      ...(chosen === undefined ? {} : { event: chosen }),
      ...(user === undefined ? {} : { user_id: user }),
      ...(from === undefined ? {} : { from: startOfDay(from) }),
      ...(to === undefined ? {} : { to: startOfDay(to, 1) }),
    }
    const { events, ...rest } = await dataOf(api.GET('/api/v1/security-log', { params: { query }, signal }))
    return { rows: events, ...rest }
  })
  return (
    <>
      <LogFilters event={chosen} />
      {user !== undefined && (
        <Notice>
          <bdi>{texts.ofPerson(name)}</bdi>
          <Button onClick={() => setSearch({ user: '' })}>{texts.allPeople}</Button>
        </Notice>
      )}
      <PagedRows list={list} label={texts.list} empty={texts.empty} keyOf={({ id }) => id}>
        {(one) => <EventRow event={one} />}
      </PagedRows>
    </>
  )
}
