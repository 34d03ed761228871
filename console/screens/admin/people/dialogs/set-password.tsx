import type { Wire } from '../../../../api/client.ts'
import { useConsole } from '../../../../app/console-context.ts'
import { Button } from '../../../../components/button.tsx'
import { Dialog, DialogActions } from '../../../../components/dialog.tsx'
import { componentMessages } from '../../../../components/messages.ts'
import { Notice } from '../../../../components/notice.tsx'
import { PasswordField } from '../../../../components/password-field.tsx'
import { showToast } from '../../../../components/toast.tsx'
import { useMessages } from '../../../../i18n/messages.ts'
import { FormDialog } from '../../form-dialog.tsx'
import { useReloadLists } from '../../reload-lists.ts'
import { personDialogMessages } from './messages.ts'
import { MustChangeField, readMustChange } from './must-change.tsx'

export function SetPasswordDialog({ user, onClose }: { user: Wire<'User'>; onClose(): void }) {
  const texts = useMessages(personDialogMessages)
  const { close } = useMessages(componentMessages)
  const { api, claims } = useConsole()
  const reload = useReloadLists()
  async function submit(form: FormData) {
    await api.PUT('/api/v1/users/{userId}/password', {
      params: { path: { userId: user.id } },
      body: { password: String(form.get('password')), must_change_password: readMustChange(form) },
    })
    showToast(texts.passwordSet(user.display_name))
    reload()
    return undefined
  }
  const { password_authority: authority } = user
  if (authority !== 'local') {
    return (
      <Dialog title={texts.passwordTitle(user.display_name)} onClose={onClose}>
        <p>{texts.passwordElsewhere[authority]}</p>
        <DialogActions>
          <Button onClick={onClose}>{close}</Button>
        </DialogActions>
      </Dialog>
    )
  }
  return (
    <FormDialog
      title={texts.passwordTitle(user.display_name)}
      action={texts.save}
      tone="danger"
      onSubmit={submit}
      onClose={onClose}
    >
      {(errorOf) => (
        <>
          <Notice tone="warning">{texts.passwordWhat}</Notice>
          <PasswordField
            label={texts.newPassword}
            hint={texts.newPasswordHint}
            error={errorOf('password')}
            name="password"
            autoComplete="new-password"
          />
          <MustChangeField isChecked={user.id !== claims.userId} />
        </>
      )}
    </FormDialog>
  )
}
