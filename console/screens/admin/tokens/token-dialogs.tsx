import { useState } from 'react'
import type { Wire } from '../../../api/client.ts'
import { SecretDialog } from '../../../components/secret-dialog.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { CreateTokenDialog } from './create-token.tsx'
import { tokenMessages } from './messages.ts'
import { RevokeTokenDialog } from './revoke-token.tsx'

export type OpenedDialog = { action: 'create' } | { action: 'revoke'; token: Wire<'ServiceToken'> }

/** The dialog that is open, and then the token that the server gave out only once. */
export function TokenDialogs({ opened, onClose }: { opened: OpenedDialog; onClose(): void }) {
  const texts = useMessages(tokenMessages)
  const [made, setMade] = useState<string>()
  if (made !== undefined)
    return <SecretDialog secret={{ title: texts.made, value: made }} onClose={onClose} />
  return opened.action === 'create' ? (
    <CreateTokenDialog onMade={setMade} onClose={onClose} />
  ) : (
    <RevokeTokenDialog token={opened.token} onClose={onClose} />
  )
}
