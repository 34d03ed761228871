import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { formatNumber, formatTime } from '../../i18n/format.ts'
import type { Language } from '../../i18n/languages.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { ActButton } from './acts.tsx'
import styles from './campaigns.module.css'
import { campaignMessages } from './messages.ts'
import { NoteLines } from './note-lines.tsx'
import type { Campaign, Readiness, Reason } from './use-campaigns.ts'

interface WhyNoticeProps {
  campaign: Campaign
  readiness: Readiness
  onEdit(): void
}

/** What the settings of the campaign can mend. */
const MENDED_BY_EDITING: readonly Reason['code'][] = [
  ...(['preview_mode', 'hours_never_open', 'time_zone_invalid', 'trunk_unknown'] as const),
  ...(['limit_reached', 'no_agents', 'caller_id_not_allowed', 'outside_hours'] as const),
]

/** Whether the campaign dials; if not, each reason with its remedy. */
export function WhyNotice({ campaign, readiness, onEdit }: WhyNoticeProps) {
  const texts = useMessages(campaignMessages)
  const language = useLanguage()
  const { reasons, leads, note } = readiness
  const isCalling = leads.dialing > 0
  if (reasons.length === 0) {
    return (
      <Notice tone="success">
        <div>
          <p>
            <b>{texts.why.dials}</b> {readiness.dialer === 'elsewhere' && texts.why.elsewhere}
          </p>
          {note !== null && <NoteLines note={note} />}
        </div>
      </Notice>
    )
  }
  return (
    <Notice tone={isCalling ? 'info' : 'warning'}>
      <div className={styles.why}>
        <p>
          <b>{isCalling ? texts.why.busy(leads.dialing) : texts.why.title}</b>
        </p>
        <ul>
          {reasons.map((reason) => (
            <li key={reason.code} data-reason={reason.code}>
              <p>
                {texts.reasons[reason.code](valuesOf(language, reason))}{' '}
                <span className={styles.soft}>{texts.remedies[reason.code]}</span>
              </p>
              <Remedy campaign={campaign} readiness={readiness} code={reason.code} onEdit={onEdit} />
              {reason.code === 'no_agent_free' && <AgentStates agents={readiness.agents} />}
            </li>
          ))}
        </ul>
        {note !== null && <NoteLines note={note} />}
      </div>
    </Notice>
  )
}

function Remedy({ campaign, readiness, code, onEdit }: WhyNoticeProps & { code: Reason['code'] }) {
  const { edit } = useMessages(campaignMessages)
  if (MENDED_BY_EDITING.includes(code)) return <Button onClick={onEdit}>{edit}</Button>
  const act = code === 'automation_off' ? 'automationOn' : 'start'
  if (!['not_started', 'paused', 'automation_off'].includes(code)) return null
  // A campaign that is not active has to be started first.
  if (act === 'automationOn' && campaign.status !== 'ACTIVE') return null
  return <ActButton act={act} campaign={campaign} readiness={readiness} />
}

function AgentStates({ agents }: Pick<Readiness, 'agents'>) {
  const texts = useMessages(campaignMessages)
  const language = useLanguage()
  return (
    <ul className={styles.agents} aria-label={texts.why.agents}>
      {agents.map((agent) => (
        <li key={agent.id} data-state={agent.state}>
          <b>{agent.name}</b> {stateWords(texts, language, agent)}
        </li>
      ))}
    </ul>
  )
}

function stateWords(
  texts: Pick<Awaited<ReturnType<typeof campaignMessages.load>>, 'agentStates' | 'agentStatuses'>,
  language: Language,
  { state, status = 'offline', until }: Readiness['agents'][number],
): string {
  if (state === 'not_ready') return texts.agentStates.not_ready(texts.agentStatuses[status])
  if (state === 'resting') return texts.agentStates.resting(timeText(language, until))
  return texts.agentStates[state]()
}

const valuesOf = (language: Language, reason: Reason) => ({
  until: timeText(language, reason.until),
  limit: reason.limit === undefined ? '' : formatNumber(language, reason.limit),
  trunk: reason.trunk ?? '',
  timeZone: reason.time_zone ?? '',
  viewerZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  callerId: reason.caller_id ?? '',
})
const timeText = (language: Language, time: string | undefined) =>
  time === undefined ? '' : formatTime(language, time)
