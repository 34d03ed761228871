import type { Wire } from '../../../api/client.ts'
import { Button } from '../../../components/button.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import { named } from '../accessible-name.ts'
import styles from '../admin.module.css'
import { Badge } from '../badge.tsx'
import { Facts } from '../facts.tsx'
import { adminMessages } from '../messages.ts'
import { invitationMessages } from './messages.ts'

const TONES = { pending: 'info', accepted: 'success', expired: 'warning' } as const

export function InvitationRow({
  invitation,
  onResend,
  onCancel,
}: {
  invitation: Wire<'Invitation'>
  onResend(): void
  onCancel(): void
}) {
  const texts = useMessages(invitationMessages)
  const shared = useMessages(adminMessages)
  const language = useLanguage()
  const { state, expires_at, accepted_at } = invitation
  const address = invitation.email ?? texts.anyAddress
  return (
    <>
      <div className={styles.main}>
        <p className={styles.name}>
          <bdi>{address}</bdi>
          <Badge tone={TONES[state]}>{texts.states[state]}</Badge>
        </p>
        <Facts
          facts={[
            [shared.role, shared.roles[invitation.role]],
            [shared.extension, invitation.extension],
            [texts.fields.team, invitation.team],
            [texts.fields.created, formatTime(language, invitation.created_at)],
            accepted_at === null
              ? [texts.fields.expires, formatTime(language, expires_at)]
              : [texts.fields.accepted, formatTime(language, accepted_at)],
          ]}
        />
      </div>
      {state !== 'accepted' && (
        <div className={styles.actions}>
          <Button aria-label={named(texts.resend, address)} onClick={onResend}>
            {texts.resend}
          </Button>
          <Button aria-label={named(texts.cancel, address)} onClick={onCancel}>
            {texts.cancel}
          </Button>
        </div>
      )}
    </>
  )
}
