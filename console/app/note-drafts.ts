/** What is used of a `Storage`: its entries are its own properties. */
type DraftStorage = object & { removeItem(key: string): void }

/** Before the keys of all drafts of notes. */
const DRAFTS = 'hookswitch.notes.'

/** Before the keys of a user's drafts, which the desk stores until the server has them. */
export const draftPrefix = (userId: string): string => `${DRAFTS}${userId}.`

export const hasDrafts = (userId: string, storage: object): boolean =>
  Object.keys(storage).some((key) => key.startsWith(draftPrefix(userId)))

/** Removes the drafts of a user who signs out: the next user of this browser could read them. */
export function removeDrafts(userId: string, storage: DraftStorage): void {
  removeWhere(storage, (key) => key.startsWith(draftPrefix(userId)))
}

/** Removes the drafts of all other users, as of a session that ended elsewhere. */
export function removeDraftsOfOthers(userId: string, storage: DraftStorage): void {
  removeWhere(storage, (key) => key.startsWith(DRAFTS) && !key.startsWith(draftPrefix(userId)))
}

function removeWhere(storage: DraftStorage, isMeant: (key: string) => boolean): void {
  for (const key of Object.keys(storage).filter(isMeant)) storage.removeItem(key)
}
