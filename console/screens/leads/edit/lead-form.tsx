import { type FormEvent, useState } from 'react'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { TextField } from '../../../components/field.tsx'
import { componentMessages } from '../../../components/messages.ts'
import { Notice } from '../../../components/notice.tsx'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { ChoiceField, toOptions } from '../choice-field.tsx'
import { useLeadChoices } from '../lead-choices.ts'
import styles from '../leads.module.css'
import { leadsMessages } from '../messages.ts'
import { LEAD_STATUSES, type LeadStatus } from '../search.ts'
import { type CrmLead, changesOf, type Draft } from './draft.ts'
import { MergeDialog } from './merge-dialog.tsx'
import { editMessages } from './messages.ts'
import { type Edit, type MergeNeeded, useSaveLead } from './use-save-lead.ts'

interface LeadFormProps {
  id: number
  version: number
  base: Draft
  onSaved(lead: CrmLead): void
  onClose(): void
}

const TEXTS = ['firstName', 'lastName', 'phone', 'email', 'company', 'title'] as const
const TYPES: Partial<Record<(typeof TEXTS)[number], 'tel' | 'email'>> = { phone: 'tel', email: 'email' }

/** All members of a lead as a form. What it was opened with stays its base, whatever is loaded meanwhile. */
export function LeadForm({ id, version, base: shown, onSaved, onClose }: LeadFormProps) {
  const texts = useMessages(editMessages)
  const words = useMessages(leadsMessages)
  const { cancel } = useMessages(componentMessages)
  const describeError = useErrorText()
  const { claims } = useConsole()
  const { agents, campaigns } = useLeadChoices()
  const saveLead = useSaveLead()
  const [base] = useState({ version, draft: shown })
  const [draft, setDraft] = useState(shown)
  const [merge, setMerge] = useState<MergeNeeded>()
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const change = (some: Partial<Draft>) => setDraft({ ...draft, ...some })

  async function save(edit: Edit) {
    setBusy(true)
    setError(undefined)
    setMerge(undefined)
    try {
      const result = await saveLead(edit)
      if ('merge' in result) return setMerge(result.merge)
      showToast(texts.saved(result.saved.name))
      onSaved(result.saved)
    } catch (err) {
      setError(describeError(err))
    } finally {
      setBusy(false)
    }
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    if (changesOf(base.draft, draft).length === 0) return onClose()
    void save({ id, version: base.version, base: base.draft, mine: draft })
  }
  return (
    <form className={styles.edit} aria-label={texts.title} onSubmit={submit} noValidate>
      {TEXTS.map((member, at) => (
        <TextField
          key={member}
          label={words.members[member]}
          type={TYPES[member] ?? 'text'}
          value={draft[member]}
          maxLength={254}
          autoComplete="off"
          autoFocus={at === 0}
          onChange={(event) => change({ [member]: event.target.value })}
        />
      ))}
      <ChoiceField
        label={words.members.status}
        value={draft.status}
        options={LEAD_STATUSES.map((one) => [one, words.statuses[one]])}
        onValue={(status) => change({ status: status as LeadStatus })} // one of the options
      />
      {claims.role !== 'user' && (
        <ChoiceField
          label={words.members.agentId}
          value={draft.agentId === null ? '' : String(draft.agentId)}
          empty={words.unassigned}
          options={withCurrent(toOptions(agents), draft.agentId)}
          onValue={(agent) => change({ agentId: agent === '' ? null : Number(agent) })}
        />
      )}
      <ChoiceField
        label={words.members.campaignId}
        value={draft.campaignId === null ? '' : String(draft.campaignId)}
        empty={words.none}
        options={withCurrent(toOptions(campaigns), draft.campaignId)}
        onValue={(campaign) => change({ campaignId: campaign === '' ? null : Number(campaign) })}
      />
      {draft.status === 'do_not_call' && base.draft.status !== 'do_not_call' && (
        <Notice tone="warning">{words.doNotCallHint}</Notice>
      )}
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      <div className={styles.buttons}>
        <Button onClick={onClose}>{cancel}</Button>
        <Button tone="primary" type="submit" disabled={isBusy}>
          {words.save}
        </Button>
      </div>
      {merge !== undefined && (
        <MergeDialog merge={merge} onMerged={(edit) => void save(edit)} onClose={() => setMerge(undefined)} />
      )}
    </form>
  )
}

/** One that I do not see is an option, too: otherwise saving would remove it. */
const withCurrent = (options: readonly (readonly [string, string])[], id: number | null) =>
  id === null || options.some(([one]) => one === String(id))
    ? options
    : [...options, [String(id), `#${id}`] as const]
