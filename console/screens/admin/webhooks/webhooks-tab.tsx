import { lazy, Suspense, useState } from 'react'
import { dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { Icon } from '../../../components/icon.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { PagedRows } from '../paged-rows.tsx'
import { useAdminSearch } from '../use-admin-search.ts'
import { usePages } from '../use-pages.ts'
import { Deliveries } from './deliveries.tsx'
import { EndpointRow } from './endpoint-row.tsx'
import { webhookMessages } from './messages.ts'
import type { OpenedDialog } from './opened-dialog.ts'

/** Few visits need them. */
const WebhookDialogs = lazy(() =>
  import('./webhook-dialogs.tsx').then((it) => ({ default: it.WebhookDialogs })),
)

/** Addresses that get events, and the deliveries of one of them. */
export function WebhooksTab() {
  const [{ hook }, setSearch] = useAdminSearch()
  return hook === undefined ? (
    <Endpoints onOpen={(id) => setSearch({ hook: id, state: '' })} />
  ) : (
    <Deliveries webhookId={hook} onBack={() => setSearch({ hook: '', state: '' })} />
  )
}

function Endpoints({ onOpen }: { onOpen(id: string): void }) {
  const texts = useMessages(webhookMessages)
  const { api } = useConsole()
  const [opened, setOpened] = useState<OpenedDialog>()
  const list = usePages(['webhooks'], async (page, signal) => {
    const answer = api.GET('/api/v1/webhooks', { params: { query: page }, signal })
    const { webhooks, ...rest } = await dataOf(answer)
    return { rows: webhooks, ...rest }
  })
  return (
    <>
      <div className={styles.tools}>
        <p className={styles.main}>{texts.what}</p>
        <Button tone="primary" onClick={() => setOpened({ action: 'create' })}>
          <Icon name="plus" />
          {texts.create}
        </Button>
      </div>
      <PagedRows list={list} label={texts.list} empty={texts.empty} keyOf={({ id }) => id}>
        {(webhook) => (
          <EndpointRow
            webhook={webhook}
            onDeliveries={() => onOpen(webhook.id)}
            onOpen={(action) => setOpened({ action, webhook })}
          />
        )}
      </PagedRows>
      {opened !== undefined && (
        <Suspense>
          <WebhookDialogs opened={opened} onClose={() => setOpened(undefined)} />
        </Suspense>
      )}
    </>
  )
}
