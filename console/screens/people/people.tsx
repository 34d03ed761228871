import { useNavigate } from '@tanstack/react-router'
import { useCallback, useDeferredValue, useMemo, useRef, useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { appMessages } from '../../app/messages.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { Button } from '../../components/button.tsx'
import { usePhone } from '../../components/calls/use-phone.ts'
import { componentMessages } from '../../components/messages.ts'
import { EmptyState, Notice } from '../../components/notice.tsx'
import { type Contact, filterContacts } from '../../components/people/directory.ts'
import { useContacts } from '../../components/people/use-contacts.ts'
import { useMessages } from '../../i18n/messages.ts'
import { peopleScreenMessages } from './messages.ts'
import { MyCalls } from './my-calls.tsx'
import styles from './people.module.css'
import { PeopleToolbar } from './people-toolbar.tsx'
import { PersonGrid } from './person-grid.tsx'
import { QueueList } from './queue-list.tsx'
import { useToggleFavourite } from './use-favourite.ts'
import { useOwnCalls } from './use-own-calls.ts'
import { readView, saveView, type View } from './view.ts'

/** All people with a phone, live: who is free, and a call or a transfer by one key, click or drag. */
export function PeopleScreen() {
  const title = useMessages(appMessages).screens.people
  const texts = useMessages(peopleScreenMessages)
  const common = useMessages(componentMessages)
  const { claims } = useConsole()
  const { contacts, isLoading, error, retry } = useContacts()
  const [view, setView] = useState(readView)
  const [query, setQuery] = useState('')
  const filter = useRef<HTMLInputElement>(null)
  useShortcut(
    '/',
    texts.filterShortcut,
    useCallback(() => filter.current?.focus(), []),
  )
  const shown = useFiltered(contacts, useDeferredValue(query))
  const myCalls = useOwnCalls()
  const actions = useActions()
  const { canDial } = usePhone()

  function changeView(next: View) {
    saveView(next)
    setView(next)
  }
  return (
    <>
      <h1>{title}</h1>
      <PeopleToolbar
        filter={filter}
        query={query}
        onQuery={setQuery}
        view={view}
        onView={changeView}
        count={shown.people.length}
      />
      {error !== null && !isLoading && (
        <Notice tone="warning">
          {texts.listFailed} <Button onClick={retry}>{common.retry}</Button>
        </Notice>
      )}
      <MyCalls calls={myCalls} />
      {isLoading && error === null ? (
        <EmptyState title={common.loading} />
      ) : contacts.length === 0 ? (
        <EmptyState title={texts.noPeople}>
          <p>{texts.noPeopleHint}</p>
        </EmptyState>
      ) : shown.people.length + shown.queues.length === 0 ? (
        <EmptyState title={texts.noMatch(query)}>
          <Button onClick={() => setQuery('')}>{texts.clearFilter}</Button>
        </EmptyState>
      ) : (
        <>
          {shown.people.length > 0 && (
            <PersonGrid
              key={view}
              label={texts.people}
              contacts={shown.people}
              view={view}
              ownExtension={claims.extension}
              canDial={canDial}
              myCalls={myCalls}
              actions={actions}
            />
          )}
          <QueueList queues={shown.queues} canDial={canDial} onCall={actions.call} />
          <p className={styles.hint}>{texts.keyboardHint}</p>
        </>
      )}
    </>
  )
}

function useFiltered(contacts: readonly Contact[], query: string) {
  return useMemo(() => {
    const found = filterContacts(contacts, query)
    return {
      people: found.filter(({ isQueue }) => !isQueue),
      queues: found.filter(({ isQueue }) => isQueue),
    }
  }, [contacts, query])
}

function useActions() {
  const phone = usePhone()
  const toggleFavourite = useToggleFavourite()
  const navigate = useNavigate()
  return {
    call: ({ extension, name }: Contact) => void phone.dial(extension, name),
    transfer: (callId: string, { extension, name }: Contact) => void phone.transfer(callId, extension, name),
    toggleFavourite,
    showHistory: ({ extension }: Contact) => void navigate({ to: '/history', search: { number: extension } }),
  }
}
