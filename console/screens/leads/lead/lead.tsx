import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { randomId } from '../../../app/random-id.ts'
import { Button } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { Icon } from '../../../components/icon.tsx'
import { Loaded } from '../../../components/loaded.tsx'
import { Section } from '../../../components/section.tsx'
import { showToast } from '../../../components/toast.tsx'
import { formatFullTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import { draftOf, toListedLead } from '../edit/draft.ts'
import { LeadForm } from '../edit/lead-form.tsx'
import { useLeadChoices } from '../lead-choices.ts'
import styles from '../leads.module.css'
import { leadsMessages } from '../messages.ts'
import { replaceLead } from '../use-leads.ts'
import { LeadCalls } from './lead-calls.tsx'
import { LeadNotes } from './lead-notes.tsx'
import { leadMessages } from './messages.ts'

type Lead = Wire<'CrmLeadInDetail'>

/** One lead with its notes and calls. */
export function LeadScreen() {
  const { id } = useParams({ from: '/leads/$id' })
  const texts = useMessages(leadMessages)
  const { api } = useConsole()
  const query = useQuery({
    queryKey: ['lead', Number(id)],
    queryFn: ({ signal }) => dataOf(api.GET('/api/leads/{id}', { params: { path: { id } }, signal })),
  })
  return (
    <>
      <Link to="/leads">{texts.back}</Link>
      <Loaded query={query}>{(lead) => <LeadPage key={lead.id} lead={lead} />}</Loaded>
    </>
  )
}

function LeadPage({ lead }: { lead: Lead }) {
  const texts = useMessages(leadMessages)
  const { statuses } = useMessages(leadsMessages)
  const [isEditing, setEditing] = useState(false)
  const [isEnding, setEnding] = useState(false)
  const call = useCallLead(lead)
  const { status } = toListedLead(lead)
  return (
    <>
      <div className={styles.head}>
        <h1>
          <bdi>{lead.name}</bdi>
        </h1>
        <span className={styles.badge} data-status={status}>
          {statuses[status]}
        </span>
        <span className={styles.tools}>
          {status !== 'do_not_call' && (
            <>
              <Button tone="success" onClick={() => void call()}>
                <Icon name="phone" />
                {texts.call}
              </Button>
              <Button onClick={() => setEnding(true)}>{texts.doNotCall}</Button>
            </>
          )}
          <Button aria-expanded={isEditing} onClick={() => setEditing(!isEditing)}>
            <Icon name="edit" />
            {texts.edit}
          </Button>
        </span>
      </div>
      {isEditing ? (
        <LeadForm
          id={lead.id}
          version={lead.version}
          base={draftOf(lead)}
          onSaved={() => setEditing(false)}
          onClose={() => setEditing(false)}
        />
      ) : (
        <LeadFacts lead={lead} />
      )}
      <LeadNotes lead={lead} />
      <LeadCalls leadId={lead.id} />
      {isEnding && <DoNotCall lead={lead} onClose={() => setEnding(false)} />}
    </>
  )
}

function LeadFacts({ lead }: { lead: Lead }) {
  const language = useLanguage()
  const texts = useMessages(leadMessages)
  const { members, none, unassigned } = useMessages(leadsMessages)
  const { agentName, campaignName } = useLeadChoices()
  const { dial_state: queue } = toListedLead(lead)
  const time = (at: string | null) => (at === null ? none : formatFullTime(language, at))
  const facts: readonly (readonly [string, ReactNode])[] = [
    [members.phone, lead.phone],
    [members.email, lead.email ?? none],
    [members.company, <bdi key="company">{lead.company ?? none}</bdi>],
    [members.title, <bdi key="title">{lead.title ?? none}</bdi>],
    [members.agentId, agentName(lead.assignedAgentId) || unassigned],
    [members.campaignId, campaignName(lead.campaignId) || none],
    [texts.queue, texts.queueStates[queue]],
    [texts.team, lead.team ?? none],
    [texts.timeZone, lead.timeZone ?? texts.ofCampaign],
    [texts.attempts, lead.callAttempts],
    [texts.lastCall, time(lead.lastCallAt)],
    [texts.created, time(lead.createdAt)],
    [texts.updated, time(lead.updatedAt)],
    ...(lead.notes === null ? [] : [[texts.remarks, lead.notes] as const]),
  ]
  return (
    <Section title={texts.about}>
      <dl className={styles.facts}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}

function DoNotCall({ lead, onClose }: { lead: Lead; onClose(): void }) {
  const texts = useMessages(leadMessages)
  const { doNotCallHint } = useMessages(leadsMessages)
  const describeError = useErrorText()
  const { api } = useConsole()
  const queries = useQueryClient()
  return (
    <ConfirmDialog
      title={texts.doNotCallTitle(lead.name)}
      action={texts.doNotCall}
      describeError={describeError}
      onClose={onClose}
      onConfirm={async () => {
        const path = { id: String(lead.id) }
        const body = { status: 'DO_NOT_CALL' } as const
        const saved = await dataOf(api.PUT('/api/leads/{id}/status', { params: { path }, body }))
        replaceLead(queries, toListedLead(saved))
        await queries.invalidateQueries({ queryKey: ['lead', lead.id] })
      }}
    >
      <p>{doNotCallHint}</p>
    </ConfirmDialog>
  )
}

/** Rings my phone, then the lead's: as a call of the call center, so that it is among the calls of the lead. */
function useCallLead(lead: Lead): () => Promise<void> {
  const texts = useMessages(leadMessages)
  const describeError = useErrorText()
  const { api } = useConsole()
  return async () => {
    try {
      const header = { 'idempotency-key': randomId() }
      await api.POST('/api/calls/dial', { params: { header }, body: { leadId: lead.id } })
      showToast(texts.calling)
    } catch (err) {
      showToast(describeError(err), 'danger')
    }
  }
}
