import { type FormEvent, useState } from 'react'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { DialogActions } from '../../../components/dialog.tsx'
import { Labelled, TextField } from '../../../components/field.tsx'
import { componentMessages } from '../../../components/messages.ts'
import { Notice } from '../../../components/notice.tsx'
import { Section } from '../../../components/section.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../campaigns.module.css'
import { changedFields, type Draft, draftOf, NEW_DRAFT } from '../draft.ts'
import { campaignMessages } from '../messages.ts'
import type { Campaign } from '../use-campaigns.ts'
import { AgentChoice } from './agent-choice.tsx'
import { DialFields } from './dial-fields.tsx'
import { HoursFields } from './hours-fields.tsx'
import type { Newcomer } from './newcomers.ts'
import { useSaveCampaign } from './use-save-campaign.ts'

interface CampaignFormProps {
  /** Left out for a new one. */
  campaign?: Campaign
  onSaved(saved: Campaign): void
  onClose(): void
}

/** A campaign’s settings. What another person saves meanwhile is shown, and overwritten only if the user asks for it. */
export function CampaignForm({ campaign, onSaved, onClose }: CampaignFormProps) {
  const { form: texts } = useMessages(campaignMessages)
  const { cancel } = useMessages(componentMessages)
  const { claims } = useConsole()
  /** What was stored when the input began; another person’s state once it is shown. */
  const [base, setBase] = useState(campaign)
  const [draft, setDraft] = useState(campaign === undefined ? NEW_DRAFT : draftOf(campaign))
  const [newcomers, setNewcomers] = useState<readonly Newcomer[]>([])
  const { save, isBusy, newer, errorOf, failure, dropNewer } = useSaveCampaign({ onSaved, onHired })
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }))
  /** They are an agent even if the campaign is refused after that. */
  function onHired({ id }: Newcomer, agentId: number) {
    setNewcomers((before) => before.filter((one) => one.id !== id))
    setDraft((before) => ({ ...before, agentIds: [...before.agentIds, agentId] }))
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    void save(draft, newcomers, base, base?.version)
  }
  function showTheirs(theirs: Campaign) {
    setBase(theirs)
    setDraft(draftOf(theirs))
    dropNewer()
  }
  const differences =
    newer === undefined || base === undefined ? [] : changedFields(draftOf(base), draftOf(newer))

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <h1>{campaign === undefined ? texts.newTitle : texts.editTitle(campaign.name)}</h1>
      {newer !== undefined && (
        <Notice tone="danger">
          <p>
            {differences.length === 0
              ? texts.staleSame
              : texts.stale(differences.map((name) => texts.fields[name]).join(', '))}
          </p>
          <Button onClick={() => void save(draft, newcomers, base, newer.version)} disabled={isBusy}>
            {texts.saveMine}
          </Button>
          <Button onClick={() => showTheirs(newer)}>{texts.showTheirs}</Button>
        </Notice>
      )}
      <Section title={texts.about}>
        <TextField
          label={texts.fields.name}
          name="name"
          value={draft.name}
          error={errorOf('name')}
          maxLength={200}
          autoComplete="off"
          onChange={({ target }) => change({ name: target.value })}
        />
        <Labelled label={texts.fields.description} error={errorOf('description')}>
          {(described) => (
            <textarea
              className={styles.area}
              value={draft.description}
              maxLength={2_000}
              onChange={({ target }) => change({ description: target.value })}
              {...described}
            />
          )}
        </Labelled>
        {/* Supervisors have campaigns of their own team alone. */}
        {claims.role === 'admin' && (
          <TextField
            label={texts.fields.team}
            hint={texts.hints.team}
            name="team"
            value={draft.team}
            error={errorOf('team')}
            autoComplete="off"
            onChange={({ target }) => change({ team: target.value })}
          />
        )}
      </Section>
      <Section title={texts.hoursGroup}>
        <HoursFields
          week={{ startMinute: draft.startMinute, endMinute: draft.endMinute, weekdays: draft.weekdays }}
          error={errorOf('startMinute') ?? errorOf('weekdays')}
          onChange={change}
        />
      </Section>
      <Section title={texts.agents}>
        <AgentChoice
          chosen={draft.agentIds}
          onChange={(agentIds) => change({ agentIds })}
          newcomers={newcomers}
          onNewcomers={setNewcomers}
        />
        {errorOf('agentIds') !== undefined && <Notice tone="danger">{errorOf('agentIds')}</Notice>}
      </Section>
      <Section title={texts.dialing}>
        <DialFields draft={draft} errorOf={errorOf} onChange={change} />
      </Section>
      {failure !== undefined && <Notice tone="danger">{failure}</Notice>}
      <DialogActions>
        <Button onClick={onClose}>{cancel}</Button>
        <Button tone="primary" type="submit" disabled={isBusy}>
          {campaign === undefined ? texts.create : texts.save}
        </Button>
      </DialogActions>
    </form>
  )
}
