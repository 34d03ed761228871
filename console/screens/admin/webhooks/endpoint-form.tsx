import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { TextField } from '../../../components/field.tsx'
import { Notice } from '../../../components/notice.tsx'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { FormDialog } from '../form-dialog.tsx'
import { useReloadLists } from '../reload-lists.ts'
import { webhookMessages } from './messages.ts'

type EventType = Wire<'Webhook'>['events'][number]

/** By topic. The type of a missing one does not compile. */
const EVENTS: Readonly<Record<EventType, true>> = {
  'call.started': true,
  'call.answered': true,
  'call.ended': true,
  'call.missed': true,
  'recording.ready': true,
  'agent.status': true,
  'campaign.started': true,
  'campaign.paused': true,
  'campaign.finished': true,
  'session.started': true,
  'session.ended': true,
  'user.created': true,
  'user.updated': true,
  'user.disabled': true,
  'user.deleted': true,
}
const ALL = Object.keys(EVENTS) as EventType[]

/** A new webhook, or a change of one. @param onSecret gets the secret of a new one */
export function EndpointForm({
  webhook,
  onSecret,
  onClose,
}: {
  webhook?: Wire<'Webhook'>
  onSecret?(secret: string): void
  onClose(): void
}) {
  const texts = useMessages(webhookMessages)
  const { api } = useConsole()
  const reload = useReloadLists()

  async function submit(form: FormData) {
    const chosen = form.getAll('events')
    const events = ALL.filter((one) => chosen.includes(one))
    const body = {
      url: String(form.get('url')).trim(),
      description: String(form.get('description')),
      events,
      enabled: form.has('enabled'),
    }
    if (webhook === undefined) {
      const { secret } = await dataOf(api.POST('/api/v1/webhooks', { body }))
      reload()
      onSecret?.(secret)
      return 'stay' as const
    }
    const path = { webhookId: webhook.id }
    await api.PUT('/api/v1/webhooks/{webhookId}', { params: { path }, body })
    showToast(texts.saved)
    reload()
    return undefined
  }

  const isNew = webhook === undefined
  return (
    <FormDialog
      title={isNew ? texts.create : texts.editTitle}
      action={isNew ? texts.createAction : texts.editAction}
      onSubmit={submit}
      onClose={onClose}
    >
      {(errorOf) => (
        <>
          <TextField
            label={texts.url}
            hint={texts.urlHint}
            error={errorOf('url')}
            name="url"
            type="url"
            defaultValue={webhook?.url ?? 'https://'}
            maxLength={2_000}
            autoComplete="off"
            required
          />
          <TextField
            label={texts.description}
            hint={texts.descriptionHint}
            error={errorOf('description')}
            name="description"
            defaultValue={webhook?.description ?? ''}
            maxLength={100}
            autoComplete="off"
          />
          {Object.entries(texts.eventGroups).map(([group, label]) => (
            <fieldset key={group} className={styles.choice}>
              <legend>{label}</legend>
              {ALL.filter((one) => one.startsWith(`${group}.`)).map((one) => (
                <label key={one}>
                  <input
                    type="checkbox"
                    name="events"
                    value={one}
                    defaultChecked={webhook?.events.includes(one) ?? one.startsWith('call.')}
                  />
                  {one}
                </label>
              ))}
            </fieldset>
          ))}
          {errorOf('events') !== undefined && <Notice tone="danger">{texts.eventsMissing}</Notice>}
          <div className={styles.choice}>
            <label>
              <input type="checkbox" name="enabled" defaultChecked={webhook?.enabled ?? true} />
              {texts.enabled}
            </label>
          </div>
        </>
      )}
    </FormDialog>
  )
}
