import { useState } from 'react'
import type { Wire } from '../../../api/client.ts'
import { SecretDialog } from '../../../components/secret-dialog.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { toAbsoluteLink } from '../absolute-link.ts'
import { CancelDialog } from './cancel-invitation.tsx'
import { InviteDialog } from './invite.tsx'
import { invitationMessages } from './messages.ts'
import { ResendDialog } from './resend-invitation.tsx'

export type OpenedDialog =
  | { action: 'invite' }
  | { action: 'resend' | 'cancel'; invitation: Wire<'Invitation'> }

/** The dialog that is open, and then the link that the server gave out only once. */
export function InvitationDialogs({ opened, onClose }: { opened: OpenedDialog; onClose(): void }) {
  const texts = useMessages(invitationMessages)
  const [link, setLink] = useState<string>()
  if (link !== undefined)
    return <SecretDialog secret={{ title: texts.link, value: toAbsoluteLink(link) }} onClose={onClose} />
  switch (opened.action) {
    case 'invite':
      return <InviteDialog onLink={setLink} onClose={onClose} />
    case 'resend':
      return <ResendDialog invitation={opened.invitation} onLink={setLink} onClose={onClose} />
    case 'cancel':
      return <CancelDialog invitation={opened.invitation} onClose={onClose} />
  }
}
