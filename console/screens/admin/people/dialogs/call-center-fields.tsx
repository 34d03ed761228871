import { useState } from 'react'
import type { Wire } from '../../../../api/client.ts'
import { TextField } from '../../../../components/field.tsx'
import { Notice } from '../../../../components/notice.tsx'
import { useMessages } from '../../../../i18n/messages.ts'
import styles from '../../admin.module.css'
import { endsSessions } from './agent-change.ts'
import { personDialogMessages } from './messages.ts'

interface CallCenterFieldsProps {
  /** Undefined for a person who is none yet. */
  agent?: Pick<Wire<'CrmAgent'>, 'team'> | undefined
  /** Of a person with an account; left out for a new one, who has no sessions. */
  role?: Wire<'User'>['role']
  errorOf(field: string): string | undefined
}

/** Whether the person works in the call center, and in which team. */
export function CallCenterFields({ agent, role, errorOf }: CallCenterFieldsProps) {
  const { callCenter: texts } = useMessages(personDialogMessages)
  const before = agent?.team ?? null
  const [isAgent, setAgent] = useState(agent !== undefined)
  const [team, setTeam] = useState(before ?? '')
  const wanted = { isAgent, team: team.trim() || null }
  return (
    <fieldset className={styles.choice}>
      <legend>{texts.title}</legend>
      <label>
        <input
          type="checkbox"
          name="is_agent"
          checked={isAgent}
          // The API takes no agent back: their calls and leads stay.
          disabled={agent !== undefined}
          onChange={({ target }) => setAgent(target.checked)}
        />
        {texts.isAgent}
      </label>
      <p>{agent === undefined ? texts.hint : texts.stays}</p>
      {isAgent && (
        <TextField
          label={texts.team}
          hint={texts.teamHint}
          error={errorOf('team')}
          name="team"
          autoComplete="off"
          maxLength={100}
          value={team}
          onChange={({ target }) => setTeam(target.value)}
        />
      )}
      {role !== undefined && isAgent && endsSessions(role, before, wanted) && (
        <Notice tone="warning">{texts.teamEndsSessions}</Notice>
      )}
    </fieldset>
  )
}
