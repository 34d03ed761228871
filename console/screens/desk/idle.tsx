import { useQuery } from '@tanstack/react-query'
import { dataOf } from '../../api/client.ts'
import { useConsole, useSelected } from '../../app/console-context.ts'
import { useNowS } from '../../components/calls/clock.tsx'
import { Icon } from '../../components/icon.tsx'
import { EmptyState } from '../../components/notice.tsx'
import { useCapabilities } from '../../components/use-capabilities.ts'
import { formatDuration } from '../../i18n/format.ts'
import { useMessages } from '../../i18n/messages.ts'
import { secondsLeft } from './clock.ts'
import styles from './desk.module.css'
import { idleReasons } from './idle-reasons.ts'
import { deskMessages } from './messages.ts'
import type { Desk } from './wire.ts'

const POLL_MS = 30_000

/** In place of a lead: why no call comes, or that the next one will. */
export function Idle({ desk, offsetMs }: { desk: Desk; offsetMs: number }) {
  const { idle: texts } = useMessages(deskMessages)
  const { live, claims } = useConsole()
  const { extension } = claims
  const campaigns = useOwnCampaigns(desk.agent.id)
  const { data: capabilities } = useCapabilities({ refreshMs: POLL_MS })
  const presence = useSelected(live.presence, (all) =>
    extension === undefined ? undefined : all?.[extension],
  )
  const reasons = idleReasons({
    status: desk.agent.status,
    isPbxOnline: capabilities?.online,
    ...{ extension, presence, campaigns },
  })
  const running = campaigns?.filter(({ status, automation }) => status === 'ACTIVE' && automation) ?? []
  const { available_from: availableFrom } = desk.agent
  return (
    <section className={styles.panel}>
      <div role="status">
        <EmptyState title={texts.title}>
          {reasons.length === 0 && running.length > 0 && (
            <p>{texts.waiting(running.map(({ name }) => name).join(', '))}</p>
          )}
        </EmptyState>
        {reasons.length > 0 && (
          <div className={styles.reasons}>
            <h2>
              <Icon name="warning" />
              {texts.reasonsTitle}
            </h2>
            <ul>
              {reasons.map((reason) => (
                <li key={reason}>{texts.reasons[reason]}</li>
              ))}
            </ul>
          </div>
        )}
      </div>
      {availableFrom !== null && <Pause until={availableFrom} offsetMs={offsetMs} />}
    </section>
  )
}

function Pause({ until, offsetMs }: { until: string; offsetMs: number }) {
  const { idle: texts } = useMessages(deskMessages)
  const left = secondsLeft(until, useNowS(), offsetMs)
  if (left === 0) return null
  return (
    <p className={styles.centred}>
      {texts.pause} <span role="timer">{formatDuration(left)}</span>
    </p>
  )
}

/** The campaigns that the agent works in. */
function useOwnCampaigns(agentId: string) {
  const { api } = useConsole()
  const { data } = useQuery({
    queryKey: ['desk', 'campaigns'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/campaigns', { params: { query: {} }, signal })),
    refetchInterval: POLL_MS,
  })
  return data?.filter(({ agentIds }) => agentIds.includes(Number(agentId)))
}
