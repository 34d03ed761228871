import type { Actor } from '../actor.ts'
import { Refusal } from '../refusal.ts'
import { foldCase } from '../values/fold-case.ts'
import type { Directory, Person } from './directory.ts'

/** Extensions that users have marked. */
export interface FavouriteStore {
  list(userId: string): Promise<string[]>
  /** Idempotent. @returns false if the user has `max` others already */
  add(userId: string, extension: string, at: { now: number; max: number }): Promise<boolean>
  /** Idempotent. */
  remove(userId: string, extension: string): Promise<void>
}

/** Favourites come first, then names in order. */
export interface PeopleCursor {
  isFavourite: boolean
  /** As `foldCase` has it. */
  name: string
  userId: string
}

export interface ListedPerson extends Person {
  isFavourite: boolean
}

/** `total` counts all that match. */
export interface PeoplePage {
  people: ListedPerson[]
  next: PeopleCursor | undefined
  total: number
}

/** The users with a phone, as every role sees them in `users-state`. */
export interface People {
  /** @param search all words must be in the name, the username or the extension */
  list(actor: Actor, search: string, page: { after?: PeopleCursor; limit: number }): Promise<PeoplePage>
  /** @throws {Refusal} `not_found` without such a person, `conflict` over 200 favourites */
  addFavourite(actor: Actor, extension: string): Promise<void>
  removeFavourite(actor: Actor, extension: string): Promise<void>
}

export interface PeopleNeeds {
  directory: Pick<Directory, 'all' | 'findByExtension' | 'onChange'>
  favourites: FavouriteStore
  /** Unix milliseconds. */
  now: () => number
}

export const MAX_FAVOURITES = 200

export function createPeople({ directory, favourites, now }: PeopleNeeds): People {
  // Sorted once for each change: thousands of users would take milliseconds with each request.
  let sorted: readonly SortedPerson[] | undefined
  directory.onChange(() => {
    sorted = undefined
  })
  const all = () => (sorted ??= directory.all().map(toSorted).sort(byName))

  return {
    async list({ userId }, search, { after, limit }) {
      const marked = new Set(await favourites.list(userId))
      const words = foldCase(search)
        .split(/\s+/u)
        .filter((word) => word !== '')
      const matching = all().filter(({ text }) => words.every((word) => text.includes(word)))
      const [first, rest] = [true, false].map((isFavourite) =>
        matching
          .filter(({ person }) => marked.has(person.extension) === isFavourite)
          .map((one) => ({ ...one, isFavourite })),
      )
      const ordered = [...(first ?? []), ...(rest ?? [])]
      const start = after === undefined ? 0 : ordered.findIndex((one) => isAfter(one, after))
      const page = start < 0 ? [] : ordered.slice(start, start + limit)
      const last = start >= 0 && start + limit < ordered.length ? page.at(-1) : undefined
      return {
        people: page.map(({ person, isFavourite }) => ({ ...person, isFavourite })),
        next: last && { isFavourite: last.isFavourite, name: last.name, userId: last.person.userId },
        total: ordered.length,
      }
    },

    async addFavourite({ userId }, extension) {
      if (directory.findByExtension(extension) === undefined)
        throw new Refusal('not_found', { detail: 'no user has this extension' })
      const at = { now: Math.floor(now() / 1000), max: MAX_FAVOURITES }
      if (await favourites.add(userId, extension, at)) return
      throw new Refusal('conflict', { detail: `a user has at most ${MAX_FAVOURITES} favourites` })
    },

    removeFavourite: ({ userId }, extension) => favourites.remove(userId, extension),
  }
}

interface SortedPerson {
  person: Person
  name: string
  /** What a search finds. */
  text: string
}

const toSorted = (person: Person): SortedPerson => ({
  person,
  name: foldCase(person.name),
  text: foldCase([person.name, person.username, person.extension].join('\n')),
})

/** By code points of the folded name, as the cursor is compared. */
function byName(one: SortedPerson, other: SortedPerson): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1
  return Number(one.person.userId) - Number(other.person.userId)
}

/** Whether a person comes after the cursor; also where the person of the cursor is gone. */
function isAfter(one: SortedPerson & { isFavourite: boolean }, after: PeopleCursor): boolean {
  if (one.isFavourite !== after.isFavourite) return after.isFavourite
  if (one.name !== after.name) return one.name > after.name
  return Number(one.person.userId) > Number(after.userId)
}
