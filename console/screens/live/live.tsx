import { useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import type { LiveCall } from '../../app/live/live.ts'
import { appMessages } from '../../app/messages.ts'
import { Loaded } from '../../components/loaded.tsx'
import { EmptyState, Notice } from '../../components/notice.tsx'
import { useSupervise } from '../../components/supervise/use-supervise.ts'
import { useMessages } from '../../i18n/messages.ts'
import { CallRow } from './call-row.tsx'
import { HangupDialog } from './hangup-dialog.tsx'
import styles from './live.module.css'
import { liveMessages } from './messages.ts'
import { TransferDialog } from './transfer-dialog.tsx'
import { useLiveCalls } from './use-live-calls.ts'

/** All calls at this moment, for supervisors and administrators. */
export function LiveScreen() {
  const title = useMessages(appMessages).screens.live
  const texts = useMessages(liveMessages)
  const { claims } = useConsole()
  const calls = useLiveCalls()
  const { data } = calls
  return (
    <>
      <div className={styles.head}>
        <h1>{title}</h1>
        <span className={styles.count} role="status">
          {data !== undefined && texts.count(data.calls.length)}
        </span>
      </div>
      {data?.online === false && <Notice tone="warning">{texts.pbxAway}</Notice>}
      {claims.role === 'user' ? (
        <EmptyState title={texts.onlyOverseers} />
      ) : (
        <Loaded query={calls}>
          {({ calls: list }) =>
            list.length === 0 ? (
              <EmptyState title={texts.empty}>
                <p>{texts.emptyHint}</p>
              </EmptyState>
            ) : (
              <CallTable calls={list} />
            )
          }
        </Loaded>
      )}
    </>
  )
}

function CallTable({ calls }: { calls: readonly LiveCall[] }) {
  const { columns, calls: caption } = useMessages(liveMessages)
  const [asked, setAsked] = useState<{ act: 'hangup' | 'transfer'; call: LiveCall }>()
  const supervise = useSupervise()
  const close = () => setAsked(undefined)
  return (
    <>
      <table className={styles.table}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {[columns.state, columns.from, columns.to, columns.direction, columns.time, columns.phones].map(
              (name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ),
            )}
            <th scope="col">
              <span className="visually-hidden">{columns.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <CallRow
              key={call.id}
              call={call}
              supervise={supervise}
              onAct={(act) => setAsked({ act, call })}
            />
          ))}
        </tbody>
      </table>
      {asked?.act === 'hangup' && <HangupDialog call={asked.call} onClose={close} />}
      {asked?.act === 'transfer' && <TransferDialog call={asked.call} onClose={close} />}
    </>
  )
}
