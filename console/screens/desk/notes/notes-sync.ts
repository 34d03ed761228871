import { ApiError } from '../../../api/client.ts'
import { backoffMs } from '../../../app/backoff.ts'
import { createStore, type Store } from '../../../app/store.ts'
import type { Draft, DraftStore, Result } from './draft-store.ts'
import { mergeNotes } from './merge-notes.ts'

/** Of one call. `waiting`: the server cannot be reached, it is tried again. `refused`: the server does not take it. */
export type SaveState = 'saved' | 'saving' | 'waiting' | 'refused'

export interface NotesView {
  draft: Draft
  state: SaveState
  /** Why it was refused. */
  error?: unknown
}

/** What the server has. */
export interface StoredNotes {
  text: string
  revision: number
}

export interface NotesServer {
  save(draft: Draft): Promise<{ revision: number }>
  finish(draft: Draft & { result: Result }): Promise<void>
  /** Undefined if the call is no longer that of the desk. */
  read(callId: string): Promise<StoredNotes | undefined>
  /** Adds a note to the lead, beside all that are there. */
  add(draft: Draft): Promise<void>
}

type Call = Pick<Draft, 'callId' | 'leadId' | 'name'>

export interface NotesSync {
  views: Store<ReadonlyMap<string, NotesView>>
  /** The newest text of a call, here or at the server. */
  textOf(callId: string, stored: StoredNotes | null): string
  type(call: Call, stored: StoredNotes | null, text: string): void
  /** Sends the notes with the outcome, now and until the server has them. */
  finish(call: Call, stored: StoredNotes | null, result: Result): void
  /** Tries again now what waits. */
  retry(): void
  /** Another tab of this browser has changed or removed a draft. */
  adopt(callId: string): void
  discard(callId: string): void
  stop(): void
}

const TYPING_PAUSE_MS = 600
/** The network is away for a minute, not for an hour: then it is tried often. */
const LONGEST_PAUSE_MS = 10_000
const OTHER_TAB_MS = 20_000
const STALE = 412
const TOO_MANY = 429

interface Entry extends NotesView {
  /** Under way. */
  sent: Draft | undefined
  failures: number
  timer: ReturnType<typeof setTimeout> | undefined
}

/** Sends what is typed to the server, and stores it in the browser until the server has it. */
export function createNotesSync(
  drafts: DraftStore,
  server: NotesServer,
  { pauseMs = (failures: number) => backoffMs(failures, LONGEST_PAUSE_MS) } = {},
): NotesSync {
  const entries = new Map<string, Entry>()
  const views = createStore<ReadonlyMap<string, NotesView>>(new Map())
  let isStopped = false

  const show = () =>
    views.set(new Map([...entries].map(([id, { draft, state, error }]) => [id, { draft, state, error }])))

  function put(draft: Draft, state: SaveState): Entry {
    const entry = entries.get(draft.callId) ?? {
      draft,
      state,
      sent: undefined,
      failures: 0,
      timer: undefined,
    }
    Object.assign(entry, { draft, state, error: undefined })
    entries.set(draft.callId, entry)
    return entry
  }
  function change(entry: Entry, pause: number) {
    drafts.write(entry.draft)
    show()
    // While the server is away, the pause between two attempts does not begin anew with each key.
    if (entry.state === 'saving') plan(entry, pause)
  }
  function plan(entry: Entry, ms: number) {
    clearTimeout(entry.timer)
    if (!isStopped && entry.sent === undefined) entry.timer = setTimeout(() => void send(entry), ms)
  }
  function next(call: Call, stored: StoredNotes | null): Draft {
    const known = entries.get(call.callId)
    const isNewer = stored !== null && (known === undefined || stored.revision > known.draft.revision)
    if (known !== undefined && !(isNewer && known.state === 'saved')) return known.draft
    const { text, revision } = stored ?? { text: '', revision: 0 }
    return { ...call, text, base: text, revision }
  }

  async function send(entry: Entry): Promise<void> {
    if (entry.sent !== undefined) return
    const sent = entry.draft
    entry.sent = sent
    try {
      if (sent.result === undefined) {
        const { revision } = await server.save(sent)
        entry.draft = { ...entry.draft, revision, base: sent.text }
      } else {
        await server.finish({ ...sent, result: sent.result })
        const revision = sent.revision + (sent.text === sent.base ? 0 : 1)
        entry.draft = { ...entry.draft, revision, base: sent.text }
      }
      if (isStopped) return
      entry.failures = 0
      settle(entry, sent)
    } catch (err) {
      if (!isStopped) await fail(entry, sent, err)
    } finally {
      entry.sent = undefined
    }
    if (entries.get(sent.callId) !== entry || entry.state !== 'saving') return
    plan(entry, entry.failures > 1 ? pauseMs(entry.failures) : 0)
  }

  /** The server has taken `sent`; more may have been typed meanwhile. */
  function settle(entry: Entry, sent: Draft) {
    const { callId } = sent
    takeTyped(entry, sent)
    if (isSame(entry.draft, sent)) {
      entry.state = 'saved'
      drafts.remove(callId)
    } else {
      entry.state = 'saving'
      drafts.write(entry.draft)
    }
    show()
  }

  /** What another tab has typed while `sent` was under way. */
  function takeTyped(entry: Entry, sent: Draft) {
    const shared = drafts.read(sent.callId)
    if (shared === undefined || isSame(shared, sent)) return
    const text = mergeNotes(sent.text, shared.text, entry.draft.text)
    entry.draft = { ...entry.draft, text, ...(shared.result && { result: shared.result }) }
  }

  async function fail(entry: Entry, sent: Draft, err: unknown): Promise<void> {
    takeTyped(entry, sent)
    if (err instanceof ApiError && err.status === STALE) {
      const failure = await takeNewer(entry).then(
        () => undefined,
        (err: unknown) => ({ err }),
      )
      if (failure === undefined) return
      err = failure.err
    }
    if (isTemporary(err)) {
      entry.state = 'waiting'
      entry.failures += 1
      clearTimeout(entry.timer)
      entry.timer = setTimeout(() => void send(entry), pauseMs(entry.failures))
    } else {
      entry.error = err
      if (sent.result === undefined) entry.state = 'refused'
      else {
        // Another outcome may be chosen. The notes are sent without it.
        const { result: _, ...rest } = entry.draft
        entry.draft = rest
      }
      drafts.write(entry.draft)
    }
    show()
  }

  /** Another tab or computer was faster: what it wrote stays, too. */
  async function takeNewer(entry: Entry): Promise<void> {
    const sent = entry.draft
    const stored = await server.read(sent.callId)
    if (stored === undefined) {
      await server.add(sent)
      // The outcome goes without them.
      entry.draft = { ...entry.draft, base: sent.text }
      if (sent.result === undefined) return settle(entry, sent)
      entry.state = 'saving'
      return change(entry, 0)
    }
    const { base, text } = entry.draft
    entry.draft = { ...entry.draft, ...stored, base: stored.text, text: mergeNotes(base, stored.text, text) }
    entry.state = 'saving'
    entry.failures += 1
    drafts.write(entry.draft)
    show()
  }

  for (const draft of drafts.list()) plan(put(draft, 'saving'), 0)
  show()

  return {
    views,
    textOf: (callId, stored) => next({ callId, leadId: '', name: '' }, stored).text,
    type(call, stored, text) {
      const before = entries.get(call.callId)
      const draft = { ...next(call, stored), text }
      change(put(draft, before?.state === 'waiting' ? 'waiting' : 'saving'), TYPING_PAUSE_MS)
    },
    finish(call, stored, result) {
      const entry = put({ ...next(call, stored), result }, 'saving')
      change(entry, 0)
    },
    retry() {
      for (const entry of entries.values()) if (entry.state === 'waiting') plan(entry, 0)
    },
    adopt(callId) {
      const draft = drafts.read(callId)
      const entry = entries.get(callId)
      if (entry?.sent !== undefined) {
        takeTyped(entry, entry.sent)
        return show()
      }
      clearTimeout(entry?.timer)
      // The other tab sends it, unless it is closed before.
      if (draft !== undefined) plan(put(draft, 'saving'), OTHER_TAB_MS)
      else entries.delete(callId)
      show()
    },
    discard(callId) {
      clearTimeout(entries.get(callId)?.timer)
      entries.delete(callId)
      drafts.remove(callId)
      show()
    },
    stop() {
      isStopped = true
      for (const { timer } of entries.values()) clearTimeout(timer)
    },
  }
}

const isSame = (one: Draft, other: Draft) =>
  one.text === other.text && JSON.stringify(one.result) === JSON.stringify(other.result)

/** What is not known to be a refusal of these notes: a session that has ended refuses nothing, either. */
const isTemporary = (err: unknown) =>
  !(err instanceof ApiError) || err.isTemporary || [401, TOO_MANY].includes(err.status) || err.status >= 500
