import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type Api, dataOf } from '../../../api/client.ts'
import { useConsole, useStore } from '../../../app/console-context.ts'
import { createStore } from '../../../app/store.ts'
import { loadedDesk, putDesk, reloadDesk } from '../use-desk.ts'
import { subjectOf } from '../wire.ts'
import { createDraftStore, draftPrefix } from './draft-store.ts'
import { createNotesSync, type NotesServer, type NotesSync } from './notes-sync.ts'

/** Set while a user is signed in: notes are sent on each screen, not on the desk alone. */
const notesPort = createStore<NotesSync | undefined>(undefined)
export const useNotes = (): NotesSync | undefined => useStore(notesPort)

/** Sends the drafts of this browser while the component is shown. */
export function useNotesPort(): void {
  const { api, claims } = useConsole()
  const queries = useQueryClient()
  const { userId } = claims
  useEffect(() => {
    const sync = createNotesSync(createDraftStore(userId, localStorage), serverOf(api, queries))
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

/** A network that is away may answer nothing at all. */
const limited = () => ({ signal: AbortSignal.timeout(TIMEOUT_MS) })
const TIMEOUT_MS = 15_000

const serverOf = (api: Api, queries: QueryClient): NotesServer => ({
  save: ({ callId, leadId, text, revision }) =>
    dataOf(
      api.PUT('/api/v1/desk/notes', {
        body: { call_id: callId, lead_id: leadId, text, revision },
        ...limited(),
      }),
    ),
  async finish({ callId, leadId, text, result }) {
    const body = { call_id: callId, lead_id: leadId, note: text, ...result }
    putDesk(queries, await loadedDesk(api.POST('/api/v1/desk/results', { body, ...limited() })))
  },
  async read(callId) {
    const loaded = await loadedDesk(api.GET('/api/v1/desk'))
    putDesk(queries, loaded)
    const { desk } = loaded
    return subjectOf(desk)?.callId === callId ? (desk.notes ?? undefined) : undefined
  },
  async add({ leadId, text }) {
    if (text.trim() === '') return
    await api.POST('/api/leads/{id}/notes', {
      params: { path: { id: leadId } },
      body: { content: text },
    })
  },
})
