import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useConsole, useStore } from '../../app/console-context.ts'
import { useAgent } from '../../app/shell/use-agent.ts'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { deskMessages } from './messages.ts'
import { useNotes, useNotesPort } from './notes/notes-port.ts'
import type { NotesSync } from './notes/notes-sync.ts'
import { useDesk } from './use-desk.ts'
import { subjectOf } from './wire.ts'

/**
 * On every screen of an agent: sends the notes that are left, and opens the desk when a call with a lead begins. Where
 * the agent is typing, it only links there.
 */
export function DeskNotice() {
  useNotesPort()
  const isElsewhere = useRouterState({ select: ({ location }) => !location.pathname.startsWith('/desk') })
  const isAgent = useIsAgent()
  return (
    <>
      {isAgent && <CallNotice isElsewhere={isElsewhere} />}
      {isElsewhere && <UnsentNotice />}
    </>
  )
}

/** Only the desk itself makes a user an agent: its first request does. */
function useIsAgent(): boolean {
  const { live } = useConsole()
  const queries = useQueryClient()
  const isAgent = useAgent() != null
  useEffect(() => {
    if (isAgent) return
    return live.onSignal('desk', () => void queries.invalidateQueries({ queryKey: ['me'] }))
  }, [live, queries, isAgent])
  return isAgent
}

function CallNotice({ isElsewhere }: { isElsewhere: boolean }) {
  const navigate = useNavigate()
  const { data } = useDesk()
  const subject = data && subjectOf(data.desk)
  const isLive = data?.desk.wrap_up === null && data.desk.call?.state !== 'ended'
  const callId = isLive ? subject?.callId : undefined
  const opened = useRef<string>(undefined)
  useEffect(() => {
    if (callId === undefined || callId === opened.current) return
    // Once: an agent may leave the desk during the call.
    opened.current = callId
    if (isElsewhere && document.visibilityState === 'visible' && !isBusy()) void navigate({ to: '/desk' })
  }, [callId, isElsewhere, navigate])
  if (subject === undefined || !isElsewhere) return null
  return <LeadNotice name={subject.name} isLive={isLive} />
}

function LeadNotice({ name, isLive }: { name: string; isLive: boolean }) {
  const { notice: texts } = useMessages(deskMessages)
  return (
    <Notice>
      {isLive ? texts.call(name) : texts.wrapUp(name)} <Link to="/desk">{texts.open}</Link>
    </Notice>
  )
}

function UnsentNotice() {
  const notes = useNotes()
  return notes === undefined ? null : <Unsent notes={notes} />
}

function Unsent({ notes }: { notes: NotesSync }) {
  const count = [...useStore(notes.views).values()].filter(
    ({ state }) => state === 'waiting' || state === 'refused',
  ).length
  return count === 0 ? null : <CountNotice count={count} />
}

function CountNotice({ count }: { count: number }) {
  const { notice: texts } = useMessages(deskMessages)
  return (
    <Notice tone="warning">
      {texts.unsent(count)} <Link to="/desk">{texts.open}</Link>
    </Notice>
  )
}

/** What is typed or open must not be left. */
const isBusy = () =>
  document.querySelector('dialog[open]') !== null ||
  (document.activeElement?.matches('input, textarea, select') ?? false)
