import { useState } from 'react'
import type { Wire } from '../../../../api/client.ts'
import { SecretDialog, type ShownSecret } from '../../../../components/secret-dialog.tsx'
import { AuthorityDialog } from '../authority/authority-dialog.tsx'
import type { PersonAction } from '../person-row.tsx'
import { AddPersonDialog } from './add-person.tsx'
import { DeleteDialog, DisableDialog, ResetFactorsDialog } from './confirm-person.tsx'
import { EditPersonDialog } from './edit-person.tsx'
import { SetPasswordDialog } from './set-password.tsx'

export type OpenedDialog = { action: 'add' } | { action: PersonAction; user: Wire<'User'> }

/** The dialog that is open, and then what the server gave out only once. */
export function PersonDialogs({ opened, onClose }: { opened: OpenedDialog; onClose(): void }) {
  const [secret, setSecret] = useState<ShownSecret>()
  if (secret !== undefined) return <SecretDialog secret={secret} onClose={onClose} />
  switch (opened.action) {
    case 'add':
      return <AddPersonDialog onSecret={setSecret} onClose={onClose} />
    case 'edit':
      return <EditPersonDialog user={opened.user} onClose={onClose} />
    case 'set-password':
      return <SetPasswordDialog user={opened.user} onClose={onClose} />
    case 'authority':
      return <AuthorityDialog user={opened.user} onClose={onClose} />
    case 'reset-factors':
      return <ResetFactorsDialog user={opened.user} onClose={onClose} />
    case 'disable':
      return <DisableDialog user={opened.user} onClose={onClose} />
    case 'delete':
      return <DeleteDialog user={opened.user} onClose={onClose} />
  }
}
