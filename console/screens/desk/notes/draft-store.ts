import { draftPrefix } from '../../../app/note-drafts.ts'

/** The outcome that was chosen for a call. */
export interface Result {
  disposition: string
  callback?: { at: string; time_zone: string; own: boolean }
  next?: 'break'
}

/** What was typed about a call and is not known to be at the server. */
export interface Draft {
  callId: string
  leadId: string
  /** Of the lead, for lists of drafts. */
  name: string
  text: string
  /** What the server had before, and its revision. */
  base: string
  revision: number
  result?: Result
}

/** What is used of a `Storage`: its entries are its own properties. */
type DraftStorage = object & {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export interface DraftStore {
  list(): Draft[]
  read(callId: string): Draft | undefined
  write(draft: Draft): void
  remove(callId: string): void
}

/**
 * Drafts of one user in this browser; they outlive the page and the session. If the browser’s storage refuses, they are in
 * memory alone.
 */
export function createDraftStore(userId: string, storage: DraftStorage): DraftStore {
  const prefix = draftPrefix(userId)
  const refused = new Map<string, Draft>()
  function read(callId: string): Draft | undefined {
    return refused.get(callId) ?? readDraft(storage.getItem(prefix + callId))
  }
  return {
    read,
    list() {
      const stored = Object.keys(storage).filter((key) => key.startsWith(prefix))
      const callIds = new Set([...refused.keys(), ...stored.map((key) => key.slice(prefix.length))])
      return [...callIds].flatMap((callId) => read(callId) ?? [])
    },
    write(draft) {
      try {
        storage.setItem(prefix + draft.callId, JSON.stringify(draft))
        refused.delete(draft.callId)
      } catch {
        // It is full or forbidden.
        refused.set(draft.callId, draft)
      }
    },
    remove(callId) {
      refused.delete(callId)
      storage.removeItem(prefix + callId)
    },
  }
}

/** @returns undefined for what is no draft */
export function readDraft(text: string | null): Draft | undefined {
  if (text === null) return undefined
  try {
    const value = JSON.parse(text) as Partial<Draft> | null
    const texts = [value?.callId, value?.leadId, value?.name, value?.text, value?.base]
    const isDraft = texts.every((one) => typeof one === 'string') && Number.isInteger(value?.revision)
    return isDraft ? (value as Draft) : undefined // checked member by member
  } catch {
    return undefined
  }
}
