import { appMessages } from '../../app/messages.ts'
import { Loaded } from '../../components/loaded.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { AgentStatus } from './agent-status.tsx'
import { Callbacks } from './callbacks.tsx'
import styles from './desk.module.css'
import { Idle } from './idle.tsx'
import type { LoadedDesk } from './loaded-desk.ts'
import { useNotes } from './notes/notes-port.ts'
import { RefusedNotes } from './notes/refused-notes.tsx'
import { useDesk } from './use-desk.ts'
import { subjectOf } from './wire.ts'
import { Work } from './work.tsx'

/** Where an agent works: their status, the lead of the call, its notes and outcome, then the next one. */
export function DeskScreen() {
  const { screens } = useMessages(appMessages)
  const query = useDesk()
  return (
    <>
      <h1 className="visually-hidden">{screens.desk}</h1>
      <Loaded query={query}>{(loaded) => <LoadedScreen loaded={loaded} />}</Loaded>
    </>
  )
}

function LoadedScreen({ loaded }: { loaded: LoadedDesk }) {
  const notes = useNotes()
  const { desk, offsetMs } = loaded
  const subject = subjectOf(desk)
  if (notes === undefined) return null
  return (
    <div className={styles.desk}>
      <AgentStatus desk={desk} offsetMs={offsetMs} />
      <RefusedNotes notes={notes} currentCallId={subject?.callId} />
      {subject === undefined || desk.lead === null ? (
        <Idle desk={desk} offsetMs={offsetMs} />
      ) : (
        // A new call begins with nothing of the one before.
        <Work
          key={subject.callId}
          desk={desk}
          lead={desk.lead}
          subject={subject}
          offsetMs={offsetMs}
          notes={notes}
        />
      )}
      <Callbacks callbacks={desk.callbacks.filter((one) => one !== null)} />
    </div>
  )
}
