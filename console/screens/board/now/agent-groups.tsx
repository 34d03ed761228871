import type { Wire } from '../../../api/client.ts'
import { byState } from '../../../components/board/agent-states.ts'
import { boardWords } from '../../../components/board/messages.ts'
import { StateClock } from '../../../components/board/state-clock.tsx'
import { EmptyState } from '../../../components/notice.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../board.module.css'

/** Agents by state, each with a clock. */
export function AgentGroups({ agents, offsetMs }: Pick<Wire<'Board'>, 'agents'> & { offsetMs: number }) {
  const words = useMessages(boardWords)
  if (agents.length === 0) return <EmptyState title={words.noAgents} />
  return (
    <div className={styles.groups}>
      {byState(agents)
        .filter(({ agents: some }) => some.length > 0)
        .map(({ state, agents: some }) => (
          <div key={state} className={styles.group} data-state={state}>
            <h3>
              {words.states[state]} <span className={styles.count}>{some.length}</span>
            </h3>
            <ul>
              {some.map(({ id, name, since, until }) => (
                <li key={id} data-agent={id}>
                  <bdi>{name}</bdi>
                  {state !== 'offline' && <StateClock since={since} until={until} offsetMs={offsetMs} />}
                </li>
              ))}
            </ul>
          </div>
        ))}
    </div>
  )
}
