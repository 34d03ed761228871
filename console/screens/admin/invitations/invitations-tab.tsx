import { lazy, Suspense, useState } from 'react'
import { dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { Icon } from '../../../components/icon.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { ChoiceFilter } from '../choice-filter.tsx'
import { adminMessages } from '../messages.ts'
import { PagedRows } from '../paged-rows.tsx'
import { useAdminSearch } from '../use-admin-search.ts'
import { usePages } from '../use-pages.ts'
import type { OpenedDialog } from './invitation-dialogs.tsx'
import { InvitationRow } from './invitation-row.tsx'
import { invitationMessages } from './messages.ts'

const STATES = ['pending', 'accepted', 'expired'] as const
/** Few visits need them. */
const InvitationDialogs = lazy(() =>
  import('./invitation-dialogs.tsx').then((it) => ({ default: it.InvitationDialogs })),
)

/** Accounts that people make themselves: open, accepted and expired invitations. */
export function InvitationsTab() {
  const texts = useMessages(invitationMessages)
  const shared = useMessages(adminMessages)
  const { api } = useConsole()
  const [search, setSearch] = useAdminSearch()
  const state = STATES.find((one) => one === search.state)
  const [opened, setOpened] = useState<OpenedDialog>()
  const list = usePages(['invitations', state], async (page, signal) => {
    const query = { ...page, ...(state === undefined ? {} : { state }) }
    const answer = api.GET('/api/v1/invitations', { params: { query }, signal })
    const { invitations, ...rest } = await dataOf(answer)
    return { rows: invitations, ...rest }
  })
  return (
    <>
      <div className={styles.tools}>
        <ChoiceFilter
          label={shared.state}
          value={state}
          choices={texts.states}
          onChoose={(value) => setSearch({ state: value })}
        />
        <Button tone="primary" onClick={() => setOpened({ action: 'invite' })}>
          <Icon name="plus" />
          {texts.create}
        </Button>
      </div>
      <PagedRows
        list={list}
        label={texts.list}
        empty={state === undefined ? texts.empty : texts.noMatch}
        keyOf={({ id }) => id}
      >
        {(invitation) => (
          <InvitationRow
            invitation={invitation}
            onResend={() => setOpened({ action: 'resend', invitation })}
            onCancel={() => setOpened({ action: 'cancel', invitation })}
          />
        )}
      </PagedRows>
      {opened !== undefined && (
        <Suspense>
          <InvitationDialogs opened={opened} onClose={() => setOpened(undefined)} />
        </Suspense>
      )}
    </>
  )
}
