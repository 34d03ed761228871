import { normalizeName } from '../values/account-names.ts'
import { foldDisplayName } from '../values/display-name.ts'
import type { ReadPerson } from './read-person.ts'

/** All names that accounts have, and those that wait for an account. */
export interface ExistingNames {
  /** By a name in normal form: the id of the account. */
  logins: ReadonlyMap<string, string>
  /** By a display name, username or extension as `foldDisplayName` has it. */
  displayNames: ReadonlyMap<string, string>
  /** Extensions that no account may get now. */
  reserved: ReadonlySet<string>
}

export interface NameIndex {
  /** Adds the names of a person of the source; all of them before the first question. */
  add(read: ReadPerson): void
  /** The id of another account with this username, extension or address. */
  ownerOf(name: string, except?: string): string | undefined
  isReserved(extension: string): boolean
  /** Whether more than one person of the source has this address. */
  isSharedEmail(email: string): boolean
  /**
   * A display name that no other account and no other person of the source has: the name, else the name with the
   * extension, else none.
   */
  displayNameFor(read: ReadPerson, userId?: string): { name: string | null; isShared: boolean }
}

export function createNameIndex(existing: ExistingNames): NameIndex {
  const emails = new Map<string, number>()
  const names = new Map<string, number>()
  const usernames = new Set<string>()

  const isTaken = (name: string, userId: string | undefined) => {
    const owner = existing.displayNames.get(foldDisplayName(name))
    return owner !== undefined && owner !== userId
  }

  return {
    add({ email, name, username }) {
      if (email !== null) countOne(emails, normalizeName(email))
      if (name !== null) countOne(names, foldDisplayName(name))
      usernames.add(foldDisplayName(username))
    },
    ownerOf(name, except) {
      const owner = existing.logins.get(normalizeName(name))
      return owner === except ? undefined : owner
    },
    isReserved: (extension) => existing.reserved.has(extension),
    isSharedEmail: (email) => (emails.get(normalizeName(email)) ?? 0) > 1,
    displayNameFor({ name, extension, username }, userId) {
      if (name === null) return { name: null, isShared: false }
      const folded = foldDisplayName(name)
      const isShared =
        isTaken(name, userId) ||
        (names.get(folded) ?? 0) > 1 ||
        // The username of another person of the same list.
        (usernames.has(folded) && foldDisplayName(username) !== folded)
      if (!isShared) return { name, isShared }
      const longer = `${[...name].slice(0, MAX_SHARED_NAME).join('')} (${extension ?? username})`
      const isUsable = longer.length <= 100 && !isTaken(longer, userId) && !names.has(foldDisplayName(longer))
      return { name: isUsable ? longer : null, isShared }
    },
  }
}

/** Characters of a name that leave place for an extension. */
const MAX_SHARED_NAME = 60

function countOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
