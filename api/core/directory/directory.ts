import { createListeners } from '../../../runtime/listeners.ts'
import type { PhoneUser, UserStore } from '../auth/users.ts'

export type { PhoneUser as Person }

/** Which user is behind which phone: a copy of the users, a few seconds old at most. */
export interface Directory {
  findByExtension(extension: string): PhoneUser | undefined
  /** @param endpoint as the PBX names it, without `PJSIP/` */
  findByEndpoint(endpoint: string): PhoneUser | undefined
  findByUser(userId: string): PhoneUser | undefined
  /**
   * Whether an endpoint is a phone of the house: of an account, disabled or not, or one that is named as the phones of
   * accounts are and shows the number of its name. A trunk may be named by digits, too, but shows the numbers of others.
   * @param numbers that a channel of it showed
   */
  isOwnEndpoint(endpoint: string, numbers: ReadonlySet<string>): boolean
  all(): readonly PhoneUser[]
  /** The endpoint of an extension, by the setting. */
  endpointOf(extension: string): string
  /** Asks whether any user has changed, and reads them only then. Call it every few seconds; tells when a person changed. */
  refresh(): Promise<void>
  onChange(listener: () => void): void
}

export interface DirectoryNeeds {
  users: Pick<UserStore, 'listPhoneUsers' | 'revision'>
  /** Such as `{extension}` or `{extension}-web`: how a user's endpoint is named on the PBX. */
  endpointTemplate: string
  /** A listener threw. */
  onError(err: unknown): void
}

const PAGE = 1_000
/** Longer numbers are of the world outside, and name trunks. */
const EXTENSION = /^\d{2,8}$/

export function createDirectory({ users, endpointTemplate, onError }: DirectoryNeeds): Directory {
  let byUser: ReadonlyMap<string, PhoneUser> = new Map()
  let byExtension: ReadonlyMap<string, PhoneUser> = new Map()
  let byEndpoint: ReadonlyMap<string, PhoneUser> = new Map()
  /** Of all accounts. */
  let ownEndpoints: ReadonlySet<string> = new Set()
  let lastRead = ''
  let revision: string | undefined
  const listeners = createListeners<[]>(onError)
  const [prefix = '', suffix = ''] = endpointTemplate.split('{extension}')
  const endpointOf = (extension: string) => endpointTemplate.replace('{extension}', extension)

  return {
    findByExtension: (extension) => byExtension.get(extension),
    findByEndpoint: (endpoint) => byEndpoint.get(endpoint),
    isOwnEndpoint(endpoint, numbers) {
      if (ownEndpoints.has(endpoint)) return true
      if (!endpoint.startsWith(prefix) || !endpoint.endsWith(suffix)) return false
      const extension = endpoint.slice(prefix.length, endpoint.length - suffix.length)
      return EXTENSION.test(extension) && (numbers.size === 0 || numbers.has(extension))
    },
    findByUser: (userId) => byUser.get(userId),
    all: () => [...byUser.values()],
    endpointOf,
    async refresh() {
      // Asked first: what changes while the pages are read is read again the next time.
      const latest = await users.revision()
      if (latest === revision) return
      const people: PhoneUser[] = []
      const all: string[] = []
      for (let afterId: string | undefined; ; ) {
        const page = await users.listPhoneUsers({ limit: PAGE, ...(afterId && { afterId }) })
        for (const { disabled, ...person } of page) {
          all.push(endpointOf(person.extension))
          if (!disabled) people.push(person)
        }
        afterId = page.at(-1)?.userId
        if (page.length < PAGE) break
      }
      revision = latest
      const read = JSON.stringify([people, all])
      if (read === lastRead) return
      lastRead = read
      ownEndpoints = new Set(all)
      byUser = new Map(people.map((person) => [person.userId, person]))
      byExtension = new Map(people.map((person) => [person.extension, person]))
      byEndpoint = new Map(people.map((person) => [endpointOf(person.extension), person]))
      listeners.notify()
    },
    onChange: (listener) => void listeners.add(listener),
  }
}
