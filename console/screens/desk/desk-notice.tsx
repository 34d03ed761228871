import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { dataOf } from '../../api/client.ts'
import { useConsole, useStore } from '../../app/console-context.ts'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { deskMessages } from './messages.ts'
import { useNotes, useNotesPort } from './notes/notes-port.ts'
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
      {isElsewhere && isAgent && <CallNotice />}
      {isElsewhere && <UnsentNotice />}
    </>
  )
}

/** Only the desk itself makes a user an agent. */
function useIsAgent(): boolean {
  const { api, live } = useConsole()
  const [hasSignal, setSignal] = useState(false)
  useEffect(() => live.onSignal('desk', () => setSignal(true)), [live])
  const { data } = useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/me', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (hasSignal && data !== undefined) || (data?.agent ?? null) !== null
}

function CallNotice() {
  const { notice: texts } = useMessages(deskMessages)
  const navigate = useNavigate()
  const { data } = useDesk()
  const subject = data && subjectOf(data.desk)
  const callId = data?.desk.call?.state === 'ended' ? undefined : subject?.callId
  const opened = useRef<string>(undefined)
  useEffect(() => {
    if (callId === undefined || callId === opened.current) return
    opened.current = callId
    if (document.visibilityState === 'visible' && !isBusy()) void navigate({ to: '/desk' })
  }, [callId, navigate])
  if (subject === undefined) return null
  return (
    <Notice>
      {callId === undefined ? texts.wrapUp(subject.name) : texts.call(subject.name)}{' '}
      <Link to="/desk">{texts.open}</Link>
    </Notice>
  )
}

function UnsentNotice() {
  const notes = useNotes()
  return notes === undefined ? null : <Unsent notes={notes} />
}

function Unsent({ notes }: { notes: NonNullable<ReturnType<typeof useNotes>> }) {
  const { notice: texts } = useMessages(deskMessages)
  const unsent = [...useStore(notes.views).values()].filter(
    ({ state }) => state === 'waiting' || state === 'refused',
  )
  if (unsent.length === 0) return null
  return (
    <Notice tone="warning">
      {texts.unsent(unsent.length)} <Link to="/desk">{texts.open}</Link>
    </Notice>
  )
}

/** What is typed or open must not be left. */
const isBusy = () =>
  document.querySelector('dialog[open]') !== null ||
  (document.activeElement?.matches('input, textarea, select') ?? false)
