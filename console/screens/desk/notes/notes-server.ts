import { type Api, dataOf } from '../../../api/client.ts'
import { type LoadedDesk, loadedDesk } from '../loaded-desk.ts'
import { subjectOf } from '../wire.ts'
import type { NotesServer } from './notes-sync.ts'

/** A network that is away may answer nothing at all. */
const limited = () => ({ signal: AbortSignal.timeout(TIMEOUT_MS) })
const TIMEOUT_MS = 15_000

/** @param show an answer that has the desk */
export const createNotesServer = (api: Api, show: (loaded: LoadedDesk) => void): NotesServer => ({
  save: ({ callId, leadId, text, revision }) =>
    dataOf(
      api.PUT('/api/v1/desk/notes', {
        body: { call_id: callId, lead_id: leadId, text, revision },
        ...limited(),
      }),
    ),
  async finish({ callId, leadId, text, base, revision, result }) {
    // Notes that were not changed here may be changed elsewhere.
    const note = text === base ? {} : { note: text, note_revision: revision }
    const body = { call_id: callId, lead_id: leadId, ...note, ...result }
    show(await loadedDesk(api.POST('/api/v1/desk/results', { body, ...limited() })))
  },
  async read(callId) {
    const loaded = await loadedDesk(api.GET('/api/v1/desk', limited()))
    show(loaded)
    const { desk } = loaded
    return subjectOf(desk)?.callId === callId ? (desk.notes ?? undefined) : undefined
  },
  async add({ leadId, text }) {
    if (text.trim() === '') return
    await api.POST('/api/leads/{id}/notes', {
      params: { path: { id: leadId } },
      body: { content: text },
      ...limited(),
    })
  },
})
