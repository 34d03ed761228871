import { lazy, Suspense, useState } from 'react'
import { dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { Icon } from '../../../components/icon.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { PagedRows } from '../paged-rows.tsx'
import { usePages } from '../use-pages.ts'
import { tokenMessages } from './messages.ts'
import type { OpenedDialog } from './token-dialogs.tsx'
import { TokenRow } from './token-row.tsx'

/** Few visits need them. */
const TokenDialogs = lazy(() => import('./token-dialogs.tsx').then((it) => ({ default: it.TokenDialogs })))

/** Tokens of programs: what each may do, until when, and when it was last used. */
export function TokensTab() {
  const texts = useMessages(tokenMessages)
  const { api } = useConsole()
  const [opened, setOpened] = useState<OpenedDialog>()
  const list = usePages(['service-tokens'], async (query, signal) => {
    const answer = api.GET('/api/v1/service-tokens', { params: { query }, signal })
    const { service_tokens, ...rest } = await dataOf(answer)
    return { rows: service_tokens, ...rest }
  })
  return (
    <>
      <div className={styles.tools}>
        <Button tone="primary" onClick={() => setOpened({ action: 'create' })}>
          <Icon name="plus" />
          {texts.create}
        </Button>
      </div>
      <PagedRows list={list} label={texts.list} empty={texts.empty} keyOf={({ id }) => id}>
        {(token) => <TokenRow token={token} onRevoke={() => setOpened({ action: 'revoke', token })} />}
      </PagedRows>
      {opened !== undefined && (
        <Suspense>
          <TokenDialogs opened={opened} onClose={() => setOpened(undefined)} />
        </Suspense>
      )}
    </>
  )
}
