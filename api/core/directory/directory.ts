import { createListeners } from '../../../runtime/listeners.ts'
import type { Person, UserStore } from '../auth/users.ts'

export type { Person }

/** Which user is behind which phone: a copy of the users, a few seconds old at most. */
export interface Directory {
  ofExtension(extension: string): Person | undefined
  /** @param endpoint as the PBX names it, without `PJSIP/` */
  ofEndpoint(endpoint: string): Person | undefined
  ofUser(userId: string): Person | undefined
  /**
   * Whether an endpoint is a phone of the house: of an account, disabled or not, or one that is named as the phones of
   * accounts are and shows the number of its name. A trunk may be named by digits, too, but shows the numbers of others.
   * @param numbers that a channel of it showed
   */
  isPhone(endpoint: string, numbers: ReadonlySet<string>): boolean
  all(): readonly Person[]
  /** The endpoint of an extension, by the setting. */
  endpointOf(extension: string): string
  /** Asks whether any user has changed, and reads them only then. Call it every few seconds; tells when a person changed. */
  refresh(): Promise<void>
  onChange(listener: () => void): void
}

export interface DirectoryNeeds {
  users: Pick<UserStore, 'people' | 'revision'>
  /** Such as `{extension}` or `{extension}-web`: how a user's endpoint is named on the PBX. */
  endpointTemplate: string
  /** A listener threw. */
  onTrouble(err: unknown): void
}

const PAGE = 1_000
/** Longer numbers are of the world outside, and name trunks. */
const EXTENSION = /^\d{2,8}$/

export function createDirectory({ users, endpointTemplate, onTrouble }: DirectoryNeeds): Directory {
  let byUser: ReadonlyMap<string, Person> = new Map()
  let byExtension: ReadonlyMap<string, Person> = new Map()
  let byEndpoint: ReadonlyMap<string, Person> = new Map()
  /** Of all accounts. */
  let phones: ReadonlySet<string> = new Set()
  let known = ''
  let revision: string | undefined
  const listeners = createListeners<[]>(onTrouble)
  const [before = '', after = ''] = endpointTemplate.split('{extension}')
  const endpointOf = (extension: string) => endpointTemplate.replace('{extension}', extension)

  return {
    ofExtension: (extension) => byExtension.get(extension),
    ofEndpoint: (endpoint) => byEndpoint.get(endpoint),
    isPhone(endpoint, numbers) {
      if (phones.has(endpoint)) return true
      if (!endpoint.startsWith(before) || !endpoint.endsWith(after)) return false
      const extension = endpoint.slice(before.length, endpoint.length - after.length)
      return EXTENSION.test(extension) && (numbers.size === 0 || numbers.has(extension))
    },
    ofUser: (userId) => byUser.get(userId),
    all: () => [...byUser.values()],
    endpointOf,
    async refresh() {
      // Asked first: what changes while the pages are read is read again the next time.
      const latest = await users.revision()
      if (latest === revision) return
      const people: Person[] = []
      const all: string[] = []
      for (let afterId: string | undefined; ; ) {
        const page = await users.people({ limit: PAGE, ...(afterId && { afterId }) })
        for (const { disabled, ...person } of page) {
          all.push(endpointOf(person.extension))
          if (!disabled) people.push(person)
        }
        afterId = page.at(-1)?.userId
        if (page.length < PAGE) break
      }
      revision = latest
      const read = JSON.stringify([people, all])
      if (read === known) return
      known = read
      phones = new Set(all)
      byUser = new Map(people.map((person) => [person.userId, person]))
      byExtension = new Map(people.map((person) => [person.extension, person]))
      byEndpoint = new Map(people.map((person) => [endpointOf(person.extension), person]))
      listeners.tell()
    },
    onChange: (listener) => void listeners.add(listener),
  }
}
