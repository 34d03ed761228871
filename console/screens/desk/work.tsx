import { useEffect, useRef } from 'react'
import { useConsole, useSelected, useStore } from '../../app/console-context.ts'
import { useMessages } from '../../i18n/messages.ts'
import { CallState } from './call-state.tsx'
import styles from './desk.module.css'
import { LeadCard } from './lead-card.tsx'
import { LeadPast } from './lead-past.tsx'
import { deskMessages } from './messages.ts'
import { NotesField } from './notes/notes-field.tsx'
import type { NotesSync } from './notes/notes-sync.ts'
import { Outcomes } from './outcome/outcomes.tsx'
import { Script } from './script.tsx'
import type { Desk, Lead, Subject } from './wire.ts'

interface WorkProps {
  desk: Desk
  lead: Lead
  subject: Subject
  offsetMs: number
  notes: NotesSync
}

/** What an agent needs during a call and after it. */
export function Work({ desk, lead, subject, offsetMs, notes }: WorkProps) {
  const { call: texts } = useMessages(deskMessages)
  const { session } = useConsole()
  const { campaign, wrap_up: wrapUp } = desk
  const view = useStore(notes.views).get(subject.callId)
  // Without a token no request is sent: then nothing fails, either.
  const isAway = useSelected(
    session.state,
    (state) => 'connection' in state && state.connection === 'reconnecting',
  )
  const field = useRef<HTMLTextAreaElement>(null)
  const title = useRef<HTMLHeadingElement>(null)
  // The focus goes to the new lead, unless the agent works elsewhere in the page.
  useEffect(() => {
    if (isFocusFree()) title.current?.focus({ preventScroll: true })
  }, [])
  const leaveNotes = () => title.current?.focus({ preventScroll: true })
  return (
    <div className={styles.work}>
      <p className="visually-hidden" role="status">
        {texts.announced(subject.name)}
      </p>
      <LeadCard lead={lead} title={title}>
        <CallState desk={desk} offsetMs={offsetMs} />
      </LeadCard>
      <div className={styles.side}>
        <Script campaign={campaign} />
        <LeadPast lead={lead} />
      </div>
      <div className={styles.side}>
        <NotesField
          field={field}
          text={notes.textOf(subject.callId, desk.notes)}
          state={isAway && view?.state === 'saving' ? 'waiting' : view?.state}
          onType={(text) => notes.type(subject, desk.notes, text)}
          onLeave={leaveNotes}
        />
        <Outcomes
          desk={desk}
          lead={lead}
          subject={subject}
          notes={notes}
          view={view}
          onFinish={() => {
            // The next card comes at once.
            if (wrapUp !== null) leaveNotes()
          }}
        />
      </div>
    </div>
  )
}

const isFocusFree = () => {
  const { activeElement } = document
  return activeElement === null || activeElement === document.body || activeElement.id === 'content'
}
