import { useAdminSearch } from '../use-admin-search.ts'
import { PersonChooser } from './person-chooser.tsx'
import { SessionsOf } from './sessions-of.tsx'

/** The live sessions of one person, who is chosen first. */
export function SessionsTab() {
  const [{ user }, setSearch] = useAdminSearch()
  return user === undefined ? (
    <PersonChooser />
  ) : (
    <SessionsOf userId={user} onOther={() => setSearch({ user: '' })} />
  )
}
