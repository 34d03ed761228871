import type { Wire } from '../../api/client.ts'
import type { Presence } from '../../app/live/live.ts'

/** A person or queue that can be called. Presence is read by extension, as it changes far more often. */
export interface Contact {
  extension: string
  name: string
  /** Empty where only the stream has this extension. */
  username: string
  userId: string | undefined
  isFavourite: boolean
  isQueue: boolean
}

/**
 * The people of the API and the extensions of the stream as one list: favourites first, then by name. Before the API has
 * answered, the stream alone has all names.
 */
export function mergeContacts(
  people: readonly Wire<'Person'>[] | undefined,
  presence: Presence | undefined,
): Contact[] {
  const contacts = new Map<string, Contact>()
  for (const { extension, display_name, username, user_id, favourite } of people ?? []) {
    contacts.set(extension, {
      extension,
      name: display_name || username,
      username,
      userId: user_id,
      isFavourite: favourite,
      isQueue: false,
    })
  }
  for (const [extension, { name, isQueue = false }] of Object.entries(presence ?? {})) {
    if (contacts.has(extension)) continue
    contacts.set(extension, {
      extension,
      name: name || extension,
      username: '',
      userId: undefined,
      isFavourite: false,
      isQueue,
    })
  }
  return [...contacts.values()].sort(byFavouriteAndName)
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
const byFavouriteAndName = (a: Contact, b: Contact) =>
  Number(b.isFavourite) - Number(a.isFavourite) ||
  collator.compare(a.name, b.name) ||
  collator.compare(a.extension, b.extension)

/** Queues of some PBXs have a name and no number. */
export const isDialable = (extension: string): boolean => /^\+?[\d*#]+$/.test(extension)

/** The contacts that have each word of the query in their name, username or extension; accents and case do not matter. */
export function filterContacts(contacts: readonly Contact[], query: string): readonly Contact[] {
  const words = fold(query).split(/\s+/).filter(Boolean)
  if (words.length === 0) return contacts
  return contacts.filter(({ name, username, extension }) => {
    const text = fold(`${name} ${username} ${extension}`)
    return words.every((word) => text.includes(word))
  })
}

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/**
 * A part of the presence that stays the same object until a name or an extension changes: states change all the time, and
 * the list must not be made again for each.
 */
export function createNamesSelector(): (presence: Presence | undefined) => Presence | undefined {
  let names: Presence | undefined
  return (presence) => {
    if (!hasSameNames(names, presence)) names = presence
    return names
  }
}

function hasSameNames(before: Presence | undefined, next: Presence | undefined): boolean {
  if (before === next) return true
  if (before === undefined || next === undefined) return false
  const extensions = Object.keys(next)
  if (extensions.length !== Object.keys(before).length) return false
  return extensions.every((extension) => {
    const [known, now] = [before[extension], next[extension]]
    return known === now || (known?.name === now?.name && known?.isQueue === now?.isQueue)
  })
}
