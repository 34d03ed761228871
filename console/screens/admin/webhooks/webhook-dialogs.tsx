import { useState } from 'react'
import { dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { ConfirmDialog } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { SecretDialog } from '../../../components/secret-dialog.tsx'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { FormDialog } from '../form-dialog.tsx'
import { useReloadLists } from '../reload-lists.ts'
import { EndpointForm } from './endpoint-form.tsx'
import { webhookMessages } from './messages.ts'
import type { OpenedDialog } from './opened-dialog.ts'

export function WebhookDialogs({ opened, onClose }: { opened: OpenedDialog; onClose(): void }) {
  const texts = useMessages(webhookMessages)
  const [secret, setSecret] = useState<string>()
  if (secret !== undefined)
    return <SecretDialog secret={{ title: texts.secret, value: secret }} onClose={onClose} />
  switch (opened.action) {
    case 'create':
      return <EndpointForm onSecret={setSecret} onClose={onClose} />
    case 'edit':
      return <EndpointForm webhook={opened.webhook} onClose={onClose} />
    case 'rotate':
      return <RotateDialog webhookId={opened.webhook.id} onSecret={setSecret} onClose={onClose} />
    case 'remove':
      return <RemoveDialog webhookId={opened.webhook.id} onClose={onClose} />
  }
}

interface DialogProps {
  webhookId: string
  onClose(): void
}

const OVERLAP_S = 86_400

function RotateDialog({ webhookId, onSecret, onClose }: DialogProps & { onSecret(secret: string): void }) {
  const texts = useMessages(webhookMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  async function rotate() {
    const answer = api.POST('/api/v1/webhooks/{webhookId}/rotate-secret', {
      params: { path: { webhookId } },
      body: { overlap_seconds: OVERLAP_S },
    })
    onSecret((await dataOf(answer)).secret)
    reload()
    return 'stay' as const
  }
  return (
    <FormDialog title={texts.rotateTitle} action={texts.rotateAction} onSubmit={rotate} onClose={onClose}>
      {() => <p>{texts.rotateWhat}</p>}
    </FormDialog>
  )
}

function RemoveDialog({ webhookId, onClose }: DialogProps) {
  const texts = useMessages(webhookMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  const describeError = useErrorText()
  async function remove() {
    await api.DELETE('/api/v1/webhooks/{webhookId}', { params: { path: { webhookId } } })
    showToast(texts.removed)
    reload()
  }
  return (
    <ConfirmDialog
      title={texts.removeTitle}
      action={texts.remove}
      onConfirm={remove}
      onClose={onClose}
      describeError={describeError}
    >
      {texts.removeWhat}
    </ConfirmDialog>
  )
}
