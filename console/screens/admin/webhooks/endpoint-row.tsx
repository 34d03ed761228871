import type { Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { Menu } from '../../../components/menu.tsx'
import { showToast } from '../../../components/toast.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import { named } from '../accessible-name.ts'
import styles from '../admin.module.css'
import { Badge } from '../badge.tsx'
import { Facts } from '../facts.tsx'
import { webhookMessages } from './messages.ts'

export function EndpointRow({
  webhook,
  onDeliveries,
  onOpen,
}: {
  webhook: Wire<'Webhook'>
  onDeliveries(): void
  onOpen(action: 'edit' | 'rotate' | 'remove'): void
}) {
  const texts = useMessages(webhookMessages)
  const language = useLanguage()
  const { api } = useConsole()
  const describeError = useErrorText()
  const { id, url, enabled, disabled_reason: reason, failing_since: since } = webhook
  const until = webhook.previous_secret_until
  const isOverlapping = until !== null && Date.parse(until) > Date.now()
  async function test() {
    try {
      await api.POST('/api/v1/webhooks/{webhookId}/test', { params: { path: { webhookId: id } } })
      showToast(texts.tested)
    } catch (err) {
      showToast(describeError(err), 'danger')
    }
  }
  return (
    <>
      <div className={styles.main}>
        <p className={styles.name}>
          <bdi>{url}</bdi>
          <Badge tone={enabled ? 'success' : reason === null ? 'info' : 'danger'}>
            {texts.states[enabled ? 'enabled' : (reason ?? 'disabled')]}
          </Badge>
          {enabled && since !== null && <Badge tone="warning">{texts.failing}</Badge>}
        </p>
        <Facts
          facts={[
            [texts.description, webhook.description],
            [texts.events, webhook.events.join(', ')],
            [texts.failingSince, since === null ? null : formatTime(language, since)],
            [texts.secondSecret, isOverlapping ? formatTime(language, until) : null],
          ]}
        />
      </div>
      <div className={styles.actions}>
        <Button aria-label={named(texts.deliveries, url)} onClick={onDeliveries}>
          {texts.deliveries}
        </Button>
        <Menu
          label={texts.more(url)}
          items={[
            { label: texts.edit, onSelect: () => onOpen('edit') },
            { label: texts.test, isDisabled: !enabled, onSelect: () => void test() },
            { label: texts.rotate, onSelect: () => onOpen('rotate') },
            { label: texts.remove, isDanger: true, onSelect: () => onOpen('remove') },
          ]}
        />
      </div>
    </>
  )
}
