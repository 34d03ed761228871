import type { Person, UserStore } from '../users.ts'

export type { Person }

/** Which user is behind which phone: a copy of the users, a few seconds old at most. */
export interface Directory {
  ofExtension(extension: string): Person | undefined
  /** @param endpoint as the PBX names it, without `PJSIP/` */
  ofEndpoint(endpoint: string): Person | undefined
  ofUser(userId: string): Person | undefined
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
}

const PAGE = 1_000

export function createDirectory({ users, endpointTemplate }: DirectoryNeeds): Directory {
  let byUser: ReadonlyMap<string, Person> = new Map()
  let byExtension: ReadonlyMap<string, Person> = new Map()
  let byEndpoint: ReadonlyMap<string, Person> = new Map()
  let known = ''
  let revision: string | undefined
  const listeners = new Set<() => void>()
  const endpointOf = (extension: string) => endpointTemplate.replace('{extension}', extension)

  return {
    ofExtension: (extension) => byExtension.get(extension),
    ofEndpoint: (endpoint) => byEndpoint.get(endpoint),
    ofUser: (userId) => byUser.get(userId),
    all: () => [...byUser.values()],
    endpointOf,
    async refresh() {
      // Asked first: what changes while the pages are read is read again the next time.
      const latest = await users.revision()
      if (latest === revision) return
      const people: Person[] = []
      for (let afterId: string | undefined; ; ) {
        const page = await users.people({ limit: PAGE, ...(afterId && { afterId }) })
        people.push(...page)
        afterId = page.at(-1)?.userId
        if (page.length < PAGE) break
      }
      revision = latest
      const read = JSON.stringify(people)
      if (read === known) return
      known = read
      byUser = new Map(people.map((person) => [person.userId, person]))
      byExtension = new Map(people.map((person) => [person.extension, person]))
      byEndpoint = new Map(people.map((person) => [endpointOf(person.extension), person]))
      for (const listener of listeners) listener()
    },
    onChange(listener) {
      listeners.add(listener)
    },
  }
}
