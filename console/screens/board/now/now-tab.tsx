import { useState } from 'react'
import { Measures } from '../../../components/board/measures.tsx'
import { boardWords } from '../../../components/board/messages.ts'
import { Button } from '../../../components/button.tsx'
import { Loaded } from '../../../components/loaded.tsx'
import { Notice } from '../../../components/notice.tsx'
import { Section } from '../../../components/section.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../board.module.css'
import { boardMessages } from '../messages.ts'
import { type LoadedBoard, useBoard } from '../use-board.ts'
import { useBoardSearch } from '../use-board-search.ts'
import { AgentGroups } from './agent-groups.tsx'
import { CallsNow } from './calls-now.tsx'
import { LeadQueues } from './lead-queues.tsx'
import { ThresholdsDialog } from './thresholds-dialog.tsx'

/** The board at this moment. */
export function NowTab() {
  const [{ team }] = useBoardSearch()
  return <Loaded query={useBoard(team)}>{(loaded) => <Now {...loaded} team={team} />}</Loaded>
}

function Now({ board, offsetMs, team }: LoadedBoard & { team: string | undefined }) {
  const texts = useMessages(boardMessages)
  const words = useMessages(boardWords)
  const [isChanging, setChanging] = useState(false)
  const { agents, calls, campaigns, measures, online } = board
  return (
    <div className={styles.now}>
      {!online && <Notice tone="warning">{words.pbxAway}</Notice>}
      <Measures measures={measures} />
      <div className={styles.tools}>
        <Button onClick={() => setChanging(true)}>{texts.changeThresholds}</Button>
      </div>
      <Section title={texts.agents}>
        <AgentGroups agents={agents} offsetMs={offsetMs} />
      </Section>
      <Section title={texts.calls(calls.length)}>
        <CallsNow calls={calls} agents={agents} offsetMs={offsetMs} />
      </Section>
      <Section title={texts.leads}>
        <LeadQueues campaigns={campaigns} offsetMs={offsetMs} />
      </Section>
      {isChanging && <ThresholdsDialog team={team} onClose={() => setChanging(false)} />}
    </div>
  )
}
