import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { IconButton } from '../../components/button.tsx'
import { ConfirmDialog } from '../../components/dialog.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { Icon } from '../../components/icon.tsx'
import { Section } from '../../components/section.tsx'
import { isZone, ownZone } from '../../components/zone-time.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import styles from './desk.module.css'
import { deskMessages } from './messages.ts'
import { reloadDesk } from './use-desk.ts'
import type { Callback } from './wire.ts'
import { formatInZone } from './zone-words.ts'

/** The callbacks that this agent has agreed, the next one first. */
export function Callbacks({ callbacks }: { callbacks: readonly Callback[] }) {
  const { callbacks: texts } = useMessages(deskMessages)
  const { api } = useConsole()
  const queries = useQueryClient()
  const describeError = useErrorText()
  const [cancelled, setCancelled] = useState<Callback['lead']>()
  const remove = useMutation({
    mutationFn: (leadId: string) =>
      api.DELETE('/api/v1/leads/{leadId}/callback', { params: { path: { leadId } } }),
    onSuccess: () => reloadDesk(queries),
  })
  return (
    <Section title={texts.title}>
      <p className={styles.soft}>{callbacks.length === 0 ? texts.none : texts.keep}</p>
      <ul className={styles.past}>
        {callbacks.map((one) => (
          <li key={one.lead.id} className={styles.row}>
            <AgreedTime callback={one} />
            <IconButton label={texts.cancel(one.lead.name)} onClick={() => setCancelled(one.lead)}>
              <Icon name="close" />
            </IconButton>
          </li>
        ))}
      </ul>
      {cancelled !== undefined && (
        <ConfirmDialog
          title={texts.cancelTitle}
          action={texts.cancelAction}
          describeError={describeError}
          onConfirm={async () => void (await remove.mutateAsync(cancelled.id))}
          onClose={() => setCancelled(undefined)}
        >
          {texts.cancelWarning(cancelled.name)}
        </ConfirmDialog>
      )}
    </Section>
  )
}

function AgreedTime({ callback }: { callback: Callback }) {
  const { callbacks: texts } = useMessages(deskMessages)
  const language = useLanguage()
  const { lead, at, time_zone: zone, calls_at: callsAt, campaign, own } = callback
  const isElsewhere = zone !== ownZone() && isZone(zone)
  const details = [
    isElsewhere && texts.local(formatInZone(language, at, zone), zone),
    campaign?.name,
    own && texts.own,
    callsAt === null && texts.never,
    callsAt !== null && callsAt !== at && texts.later(formatInZone(language, callsAt, ownZone())),
  ]
  return (
    <div>
      <p>
        <strong>{formatInZone(language, at, ownZone())}</strong> {lead.name} · {lead.phone}
      </p>
      <p className={styles.soft}>{details.filter(Boolean).join(' · ')}</p>
    </div>
  )
}
