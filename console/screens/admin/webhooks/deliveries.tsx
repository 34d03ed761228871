import { useState } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { showToast } from '../../../components/toast.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import { named } from '../accessible-name.ts'
import styles from '../admin.module.css'
import { Badge } from '../badge.tsx'
import { ChoiceFilter } from '../choice-filter.tsx'
import { Facts } from '../facts.tsx'
import { adminMessages } from '../messages.ts'
import { PagedRows } from '../paged-rows.tsx'
import { useReloadLists } from '../reload-lists.ts'
import { useAdminSearch } from '../use-admin-search.ts'
import { usePages } from '../use-pages.ts'
import { webhookMessages } from './messages.ts'

const STATES = ['waiting', 'delivered', 'failed'] as const
const TONES = { waiting: 'info', delivered: 'success', failed: 'danger' } as const
const REFRESH_MS = 5_000
const REPLAYED_MS = 30 * 86_400_000

/** Messages of a webhook, the newest first. */
export function Deliveries({ webhookId, onBack }: { webhookId: string; onBack(): void }) {
  const texts = useMessages(webhookMessages)
  const shared = useMessages(adminMessages)
  const { api } = useConsole()
  const [search, setSearch] = useAdminSearch()
  const [isReplaying, setReplaying] = useState(false)
  const status = STATES.find((one) => one === search.state)
  const path = { webhookId }
  const list = usePages(
    ['webhooks', webhookId, status],
    async (page, signal) => {
      const query = { ...page, ...(status === undefined ? {} : { status }) }
      const params = { path, query }
      const answer = api.GET('/api/v1/webhooks/{webhookId}/deliveries', { params, signal })
      const { deliveries, ...rest } = await dataOf(answer)
      return { rows: deliveries, ...rest }
    },
    { refreshMs: REFRESH_MS },
  )
  return (
    <>
      <div className={styles.tools}>
        <Button onClick={onBack}>{texts.back}</Button>
        <ChoiceFilter
          label={shared.state}
          value={status}
          choices={texts.deliveryStates}
          onChoose={(value) => setSearch({ state: value })}
        />
        <Button onClick={() => setReplaying(true)}>{texts.replayFailed}</Button>
      </div>
      <PagedRows
        list={list}
        label={texts.deliveries}
        empty={texts.noDeliveries}
        keyOf={({ message_id }) => message_id}
      >
        {(delivery) => <DeliveryRow webhookId={webhookId} delivery={delivery} />}
      </PagedRows>
      {isReplaying && <ReplayDialog webhookId={webhookId} onClose={() => setReplaying(false)} />}
    </>
  )
}

function DeliveryRow({ webhookId, delivery }: { webhookId: string; delivery: Wire<'WebhookDelivery'> }) {
  const texts = useMessages(webhookMessages)
  const language = useLanguage()
  const { api } = useConsole()
  const reload = useReloadLists()
  const describeError = useErrorText()
  const { message_id: messageId, status, next_attempt_at: next, last_attempt_at: last } = delivery
  async function replay() {
    try {
      await api.POST('/api/v1/webhooks/{webhookId}/deliveries/{messageId}/replay', {
        params: { path: { webhookId, messageId } },
      })
      showToast(texts.replayed)
      reload()
    } catch (err) {
      showToast(describeError(err), 'danger')
    }
  }
  return (
    <>
      <div className={styles.main}>
        <p className={styles.name}>
          {delivery.type}
          <Badge tone={TONES[status]}>{texts.deliveryStates[status]}</Badge>
        </p>
        <Facts
          facts={[
            [texts.created, formatTime(language, delivery.created_at)],
            [texts.attempts, String(delivery.attempts)],
            [
              texts.answer,
              delivery.response_status === null
                ? null
                : texts.answered(delivery.response_status, delivery.duration_ms ?? 0),
            ],
            [texts.error, delivery.error],
            [texts.last, last === null ? null : formatTime(language, last)],
            [texts.next, next === null ? null : formatTime(language, next)],
          ]}
        />
        {delivery.response !== null && delivery.response !== '' && (
          <details>
            <summary>{texts.body}</summary>
            <p className={styles.secret}>{delivery.response}</p>
          </details>
        )}
      </div>
      <Button aria-label={named(texts.replay, messageId)} onClick={() => void replay()}>
        {texts.replay}
      </Button>
    </>
  )
}

function ReplayDialog({ webhookId, onClose }: { webhookId: string; onClose(): void }) {
  const texts = useMessages(webhookMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  const describeError = useErrorText()
  async function replay() {
    const since = new Date(Date.now() - REPLAYED_MS).toISOString()
    const answer = api.POST('/api/v1/webhooks/{webhookId}/replay', {
      params: { path: { webhookId } },
      body: { since },
    })
    showToast(texts.replayedAll((await dataOf(answer)).replayed))
    reload()
  }
  return (
    <ConfirmDialog
      title={texts.replayTitle}
      action={texts.replay}
      tone="primary"
      onConfirm={replay}
      onClose={onClose}
      describeError={describeError}
    >
      {texts.replayWhat}
    </ConfirmDialog>
  )
}
