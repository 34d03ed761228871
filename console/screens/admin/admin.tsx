import { lazy, Suspense } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { componentMessages } from '../../components/messages.ts'
import { EmptyState } from '../../components/notice.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { adminMessages } from './messages.ts'
import { ADMIN_TABS, type AdminTab } from './search.ts'
import { useAdminSearch } from './use-admin-search.ts'

/** Each tab is a download of its own. */
const TABS = {
  people: lazy(() => import('./people/people-tab.tsx').then((it) => ({ default: it.PeopleTab }))),
  import: lazy(() => import('./import/import-tab.tsx').then((it) => ({ default: it.ImportTab }))),
  sessions: lazy(() => import('./sessions/sessions-tab.tsx').then((it) => ({ default: it.SessionsTab }))),
  invitations: lazy(() =>
    import('./invitations/invitations-tab.tsx').then((it) => ({ default: it.InvitationsTab })),
  ),
  'do-not-call': lazy(() =>
    import('./do-not-call/do-not-call-tab.tsx').then((it) => ({ default: it.DoNotCallTab })),
  ),
  provisioning: lazy(() =>
    import('./provisioning/provisioning-tab.tsx').then((it) => ({ default: it.ProvisioningTab })),
  ),
  webhooks: lazy(() => import('./webhooks/webhooks-tab.tsx').then((it) => ({ default: it.WebhooksTab }))),
  tokens: lazy(() => import('./tokens/tokens-tab.tsx').then((it) => ({ default: it.TokensTab }))),
  log: lazy(() => import('./log/log-tab.tsx').then((it) => ({ default: it.LogTab }))),
} as const satisfies Record<AdminTab, unknown>

/** What administrators do. Others see that they may not, and send no request. */
export function AdminScreen() {
  const texts = useMessages(adminMessages)
  const { noPermission } = useMessages(componentMessages)
  const { claims } = useConsole()
  return (
    <>
      <h1>{texts.title}</h1>
      {claims.role === 'admin' ? <AdminTabs /> : <EmptyState title={noPermission} />}
    </>
  )
}

function AdminTabs() {
  const texts = useMessages(adminMessages)
  const { loading } = useMessages(componentMessages)
  const [{ tab = 'people' }, setSearch] = useAdminSearch()
  const Tab = TABS[tab]
  return (
    <Tabs
      label={texts.title}
      tabs={ADMIN_TABS.map((name) => ({ name, label: texts.tabs[name] }))}
      selected={tab}
      onSelect={(name) => setSearch({ ...NO_FILTERS, tab: name })}
    >
      <Suspense fallback={<EmptyState title={loading} />}>
        <Tab />
      </Suspense>
    </Tabs>
  )
}

/** Filters of one tab mean nothing in another. */
const NO_FILTERS = { q: '', role: '', state: '', event: '', user: '', hook: '', from: '', to: '' }
