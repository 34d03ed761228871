import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useConsole, useStore } from '../../../app/console-context.ts'
import { draftPrefix, removeDraftsOfOthers } from '../../../app/note-drafts.ts'
import { createStore } from '../../../app/store.ts'
import { putDesk, reloadDesk } from '../use-desk.ts'
import { createDraftStore } from './draft-store.ts'
import { createNotesServer } from './notes-server.ts'
import { createNotesSync, type NotesSync } from './notes-sync.ts'

/** Set while a user is signed in: notes are sent on each screen, not on the desk alone. */
const notesPort = createStore<NotesSync | undefined>(undefined)
export const useNotes = (): NotesSync | undefined => useStore(notesPort)

/** Sends the drafts of this browser while the component is shown. */
export function useNotesPort(): void {
  const { api, claims } = useConsole()
  const queries = useQueryClient()
  const { userId } = claims
  useEffect(() => {
    removeDraftsOfOthers(userId, localStorage)
    const sync = createNotesSync(
      createDraftStore(userId, localStorage),
      createNotesServer(api, (loaded) => putDesk(queries, loaded)),
    )
    notesPort.set(sync)
    const prefix = draftPrefix(userId)
    const onStorage = ({ key, newValue }: StorageEvent) => {
      if (!key?.startsWith(prefix)) return
      sync.adopt(key.slice(prefix.length))
      if (newValue === null) reloadDesk(queries)
    }
    window.addEventListener('online', sync.retry)
    window.addEventListener('storage', onStorage)
    return () => {
      window.removeEventListener('online', sync.retry)
      window.removeEventListener('storage', onStorage)
      sync.stop()
      notesPort.set(undefined)
    }
  }, [api, queries, userId])
}
