import { lazy, Suspense, useState } from 'react'
import { dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { Icon } from '../../../components/icon.tsx'
import { SearchField } from '../../../components/search-field.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { ChoiceFilter } from '../choice-filter.tsx'
import { adminMessages } from '../messages.ts'
import { PagedRows } from '../paged-rows.tsx'
import { toRole } from '../role-field.tsx'
import { useAdminSearch } from '../use-admin-search.ts'
import { usePages } from '../use-pages.ts'
import type { OpenedDialog } from './dialogs/person-dialogs.tsx'
import { peopleMessages } from './messages.ts'
import { PersonRow } from './person-row.tsx'

/** Few visits need them. */
const PersonDialogs = lazy(() =>
  import('./dialogs/person-dialogs.tsx').then((it) => ({ default: it.PersonDialogs })),
)

/** Accounts: found, added and changed. */
export function PeopleTab() {
  const texts = useMessages(peopleMessages)
  const shared = useMessages(adminMessages)
  const [{ q = '', role, state }, setSearch] = useAdminSearch()
  const { api } = useConsole()
  const [opened, setOpened] = useState<OpenedDialog>()
  const chosenRole = toRole(role)
  const isDisabled = state === 'disabled' ? true : state === 'active' ? false : undefined
  const list = usePages(['users', q, chosenRole, isDisabled], async (page, signal) => {
    const query = {
      ...page,
      ...(q === '' ? {} : { q }),
      ...(chosenRole === undefined ? {} : { role: chosenRole }),
      ...(isDisabled === undefined ? {} : { disabled: isDisabled ? ('true' as const) : ('false' as const) }),
    }
    const { users, ...rest } = await dataOf(api.GET('/api/v1/users', { params: { query }, signal }))
    return { rows: users, ...rest }
  })

  return (
    <>
      <div className={styles.tools}>
        <SearchField label={shared.search} value={q} onSearch={(text) => setSearch({ q: text })} />
        <ChoiceFilter
          label={shared.role}
          value={chosenRole}
          choices={shared.roles}
          onChoose={(value) => setSearch({ role: value })}
        />
        <ChoiceFilter
          label={shared.state}
          value={isDisabled === undefined ? undefined : state}
          choices={{ active: texts.active, disabled: texts.disabled }}
          onChoose={(value) => setSearch({ state: value })}
        />
        <Button tone="primary" onClick={() => setOpened({ action: 'add' })}>
          <Icon name="plus" />
          {texts.add}
        </Button>
      </div>
      <PagedRows list={list} label={texts.list} empty={texts.empty} keyOf={({ id }) => id}>
        {(user) => <PersonRow user={user} onAction={(action) => setOpened({ action, user })} />}
      </PagedRows>
      {opened !== undefined && (
        <Suspense>
          <PersonDialogs opened={opened} onClose={() => setOpened(undefined)} />
        </Suspense>
      )}
    </>
  )
}
