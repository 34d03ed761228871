import { useState } from 'react'
import { ApiError, dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { Dialog, DialogActions } from '../../../components/dialog.tsx'
import { factorMessages } from '../../../components/factors/messages.ts'
import { createPasskey } from '../../../components/factors/passkeys.ts'
import { RecoveryCodes } from '../../../components/factors/recovery-codes.tsx'
import { TotpForm } from '../../../components/factors/totp-form.tsx'
import { componentMessages } from '../../../components/messages.ts'
import { useMessages } from '../../../i18n/messages.ts'
import { securityMessages } from './messages.ts'
import { PasswordDialog, useSecurityErrorText } from './password-dialog.tsx'

export type FactorAct =
  | { kind: 'add-app' | 'remove-app' | 'add-passkey' | 'new-codes' }
  | { kind: 'remove-passkey'; id: string; name: string }

/** One change of the factors: the password first, then what the act needs, then recovery codes if there are new ones. */
export function FactorDialog({ act, onClose }: { act: FactorAct; onClose(): void }) {
  const texts = useMessages(securityMessages)
  const shared = useMessages(factorMessages)
  const { cancel } = useMessages(componentMessages)
  const { api } = useConsole()
  const describe = useSecurityErrorText()
  const [setup, setSetup] = useState<Wire<'TotpSetup'>>()
  const [codes, setCodes] = useState<readonly string[]>()

  const show = ({ recovery_codes }: Wire<'NewRecoveryCodes'>) =>
    recovery_codes === null ? onClose() : setCodes(recovery_codes)

  async function confirm(code: string) {
    try {
      show(await dataOf(api.POST('/api/v1/me/totp/confirm', { body: { code } })))
    } catch (err) {
      const isWrong =
        err instanceof ApiError && (err.code === 'credentials_wrong' || err.code === 'input_invalid')
      throw new Error(isWrong ? texts.wrongCode : describe(err))
    }
  }

  async function submit(password: string, name: string): Promise<void> {
    const body = { current_password: password }
    switch (act.kind) {
      case 'add-app':
        return setSetup(await dataOf(api.POST('/api/v1/me/totp', { body })))
      case 'remove-app':
        await api.POST('/api/v1/me/totp/remove', { body })
        return onClose()
      case 'add-passkey': {
        const { options } = await dataOf(api.POST('/api/v1/me/passkeys/options', { body }))
        const passkey = await createPasskey(options)
        return show(await dataOf(api.POST('/api/v1/me/passkeys', { body: { name, passkey } })))
      }
      case 'remove-passkey':
        await api.POST('/api/v1/me/passkeys/{passkeyId}/remove', {
          params: { path: { passkeyId: act.id } },
          body,
        })
        return onClose()
      case 'new-codes':
        return show(await dataOf(api.POST('/api/v1/me/recovery-codes', { body })))
    }
  }

  if (codes !== undefined) {
    return (
      <Dialog title={shared.codesTitle} onClose={onClose}>
        <RecoveryCodes codes={codes} onDone={onClose} />
      </Dialog>
    )
  }
  if (setup !== undefined) {
    return (
      <Dialog title={texts.addApp} onClose={onClose}>
        <TotpForm
          setup={setup}
          onCode={confirm}
          actions={(confirmButton) => (
            <DialogActions>
              <Button onClick={onClose}>{cancel}</Button>
              {confirmButton}
            </DialogActions>
          )}
        />
      </Dialog>
    )
  }
  const titles = {
    'add-app': texts.addApp,
    'remove-app': texts.removeApp,
    'add-passkey': texts.addPasskey,
    'remove-passkey': texts.removeNamed('name' in act ? act.name : ''),
    'new-codes': texts.newCodes,
  }
  const isRemoval = act.kind === 'remove-app' || act.kind === 'remove-passkey'
  return (
    <PasswordDialog
      title={titles[act.kind]}
      action={isRemoval ? texts.remove : shared.next}
      isDanger={isRemoval}
      {...(act.kind === 'add-passkey' ? { nameLabel: texts.passkeyName } : {})}
      onSubmit={submit}
      onClose={onClose}
    >
      {act.kind === 'new-codes' ? texts.newCodesWhat : undefined}
    </PasswordDialog>
  )
}
