import type { Wire } from '../../../../api/client.ts'
import { useConsole } from '../../../../app/console-context.ts'
import { ConfirmDialog } from '../../../../components/dialog.tsx'
import { useErrorText } from '../../../../components/error-text.ts'
import { showToast } from '../../../../components/toast.tsx'
import { useMessages } from '../../../../i18n/messages.ts'
import styles from '../../admin.module.css'
import { useReloadLists } from '../../reload-lists.ts'
import { useChangeUser } from '../change-user.ts'
import { personDialogMessages } from './messages.ts'

interface PersonDialogProps {
  user: Wire<'User'>
  onClose(): void
}

export function DisableDialog({ user, onClose }: PersonDialogProps) {
  const texts = useMessages(personDialogMessages)
  const change = useChangeUser()
  const describeError = useErrorText()
  async function disable() {
    await change(user.id, { disabled: true })
    showToast(texts.wasDisabled(user.display_name))
  }
  return (
    <ConfirmDialog
      title={texts.disableTitle(user.display_name)}
      action={texts.disableAction}
      onConfirm={disable}
      onClose={onClose}
      describeError={describeError}
    >
      {texts.disableWhat}
    </ConfirmDialog>
  )
}

export function DeleteDialog({ user, onClose }: PersonDialogProps) {
  const texts = useMessages(personDialogMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  const describeError = useErrorText()
  async function remove() {
    await api.DELETE('/api/v1/users/{userId}', { params: { path: { userId: user.id } } })
    showToast(texts.wasDeleted(user.display_name))
    reload()
  }
  return (
    <ConfirmDialog
      title={texts.deleteTitle(user.display_name)}
      action={texts.deleteAction}
      onConfirm={remove}
      onClose={onClose}
      describeError={describeError}
    >
      <ul className={styles.effects}>
        {texts.deleteEffects.map((effect) => (
          <li key={effect}>{effect}</li>
        ))}
      </ul>
      <p>{texts.deleteWhat}</p>
    </ConfirmDialog>
  )
}

export function ResetFactorsDialog({ user, onClose }: PersonDialogProps) {
  const texts = useMessages(personDialogMessages)
  const { api } = useConsole()
  const describeError = useErrorText()
  async function reset() {
    await api.DELETE('/api/v1/users/{userId}/second-factors', { params: { path: { userId: user.id } } })
    showToast(texts.factorsWereReset(user.display_name))
  }
  return (
    <ConfirmDialog
      title={texts.resetFactorsTitle(user.display_name)}
      action={texts.resetFactorsAction}
      onConfirm={reset}
      onClose={onClose}
      describeError={describeError}
    >
      {texts.resetFactorsWhat}
    </ConfirmDialog>
  )
}
