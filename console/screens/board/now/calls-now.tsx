import type { Wire } from '../../../api/client.ts'
import { Clock } from '../../../components/calls/clock.tsx'
import { callMessages } from '../../../components/calls/messages.ts'
import { EmptyState } from '../../../components/notice.tsx'
import { toLocalTime } from '../../../components/server-clock.ts'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../board.module.css'
import { boardMessages } from '../messages.ts'

/** Live calls of the agents; those that wait come first. */
export function CallsNow({
  calls,
  agents,
  offsetMs,
}: Pick<Wire<'Board'>, 'calls' | 'agents'> & { offsetMs: number }) {
  const texts = useMessages(boardMessages)
  const { unknownCaller, directions } = useMessages(callMessages)
  if (calls.length === 0) return <EmptyState title={texts.noCalls} />
  const nameOf = new Map(agents.map(({ id, name }) => [id, name]))
  const party = ({ number, name }: { number: string; name: string }) => name || number || unknownCaller
  const sorted = [...calls].sort(
    (one, other) => Number(one.state === 'talking') - Number(other.state === 'talking'),
  )
  const { columns } = texts
  return (
    <div className={styles.scroller}>
      <table className={styles.table}>
        <caption className="visually-hidden">{texts.calls(calls.length)}</caption>
        <thead>
          <tr>
            {[columns.state, columns.time, columns.from, columns.to, columns.agent, columns.direction].map(
              (name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {sorted.map((call) => (
            <tr key={call.id}>
              <td>{texts.callStates[call.state]}</td>
              <td>
                <Clock since={toLocalTime(call.answered_at ?? call.started_at, offsetMs)} />
              </td>
              <td>{party(call.from)}</td>
              <td>{party(call.to)}</td>
              <td>{call.agent_ids.map((id) => nameOf.get(id)).join(', ')}</td>
              <td>{directions[call.direction]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
