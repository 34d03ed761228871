import { dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { SearchField } from '../../../components/search-field.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { Facts } from '../facts.tsx'
import { adminMessages } from '../messages.ts'
import { PagedRows } from '../paged-rows.tsx'
import { useAdminSearch } from '../use-admin-search.ts'
import { usePages } from '../use-pages.ts'
import { sessionsMessages } from './messages.ts'

export function PersonChooser() {
  const texts = useMessages(sessionsMessages)
  const shared = useMessages(adminMessages)
  const { api } = useConsole()
  const [{ q = '' }, setSearch] = useAdminSearch()
  const list = usePages(['users', q, undefined, undefined], async (page, signal) => {
    const query = { ...page, ...(q === '' ? {} : { q }) }
    const { users, ...rest } = await dataOf(api.GET('/api/v1/users', { params: { query }, signal }))
    return { rows: users, ...rest }
  })
  return (
    <>
      <div className={styles.tools}>
        <SearchField label={shared.choosePerson} value={q} onSearch={(text) => setSearch({ q: text })} />
      </div>
      <PagedRows list={list} label={shared.choosePerson} empty={shared.noPerson} keyOf={({ id }) => id}>
        {(user) => (
          <>
            <div className={styles.main}>
              <p className={styles.name}>
                <bdi>{user.display_name}</bdi>
              </p>
              <Facts
                facts={[
                  [shared.role, shared.roles[user.role]],
                  [shared.extension, user.extension],
                ]}
              />
            </div>
            <Button aria-label={texts.show(user.display_name)} onClick={() => setSearch({ user: user.id })}>
              {texts.list}
            </Button>
          </>
        )}
      </PagedRows>
    </>
  )
}
