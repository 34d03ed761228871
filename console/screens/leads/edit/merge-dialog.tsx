import { useState } from 'react'
import { Button } from '../../../components/button.tsx'
import { Dialog, DialogActions } from '../../../components/dialog.tsx'
import { componentMessages } from '../../../components/messages.ts'
import { useMessages } from '../../../i18n/messages.ts'
import { useLeadChoices } from '../lead-choices.ts'
import styles from '../leads.module.css'
import { leadsMessages } from '../messages.ts'
import type { LeadStatus } from '../search.ts'
import type { Conflict, DraftMember } from './draft.ts'
import { editMessages } from './messages.ts'
import type { Edit, MergeNeeded } from './use-save-lead.ts'

/** Which value counts, for each member that both changed. */
export function MergeDialog({
  merge: { edit, conflicts },
  onMerged,
  onClose,
}: {
  merge: MergeNeeded
  onMerged(edit: Edit): void
  onClose(): void
}) {
  const texts = useMessages(editMessages)
  const words = useMessages(leadsMessages)
  const { cancel } = useMessages(componentMessages)
  const valueText = useValueText()
  const [taken, setTaken] = useState<ReadonlySet<DraftMember>>(new Set())
  function choose(member: DraftMember, isTheirs: boolean) {
    const next = new Set(taken)
    if (isTheirs) next.add(member)
    else next.delete(member)
    setTaken(next)
  }
  function save() {
    const theirs = conflicts.filter(({ member }) => taken.has(member))
    const values = Object.fromEntries(theirs.map((one) => [one.member, one.theirs]))
    onMerged({ ...edit, mine: { ...edit.mine, ...values } })
  }
  return (
    <Dialog title={texts.mergeTitle} onClose={onClose}>
      <p>{texts.mergeHint}</p>
      {conflicts.map((one) => (
        <fieldset key={one.member} className={styles.choice}>
          <legend>{words.members[one.member]}</legend>
          {([false, true] as const).map((isTheirs) => (
            <label key={String(isTheirs)}>
              <input
                type="radio"
                name={one.member}
                checked={taken.has(one.member) === isTheirs}
                onChange={() => choose(one.member, isTheirs)}
              />
              {(isTheirs ? texts.theirs : texts.mine)(valueText(one, isTheirs ? one.theirs : one.mine))}
            </label>
          ))}
        </fieldset>
      ))}
      <DialogActions>
        <Button onClick={onClose}>{cancel}</Button>
        <Button tone="primary" onClick={save}>
          {words.save}
        </Button>
      </DialogActions>
    </Dialog>
  )
}

/** A value as people read it. */
function useValueText() {
  const { statuses, none } = useMessages(leadsMessages)
  const { agentName, campaignName } = useLeadChoices()
  return ({ member }: Conflict, value: Conflict['mine']): string => {
    if (value === null || value === '') return none
    if (member === 'status') return statuses[value as LeadStatus] // of this member
    if (typeof value === 'number') return (member === 'agentId' ? agentName : campaignName)(value)
    return value
  }
}
