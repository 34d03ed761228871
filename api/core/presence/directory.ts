import type { Role } from '../../../contract/claims.ts'
import type { UserStore } from '../users.ts'

/** A user with a phone, as calls and presence need to know them. */
export interface Person {
  userId: string
  extension: string
  name: string
  role: Role
  team: string | null
}

/** Which user is behind which phone: a copy of the users, a few seconds old at most. */
export interface Directory {
  ofExtension(extension: string): Person | undefined
  /** @param endpoint as the PBX names it, without `PJSIP/` */
  ofEndpoint(endpoint: string): Person | undefined
  ofUser(userId: string): Person | undefined
  all(): readonly Person[]
  /** The endpoint of an extension, by the setting. */
  endpointOf(extension: string): string
  /** Reads the users afresh. Call it every few seconds; tells when anybody changed. */
  refresh(): Promise<void>
  onChange(listener: () => void): void
}

export interface DirectoryNeeds {
  users: Pick<UserStore, 'list'>
  /** Such as `{extension}` or `{extension}-web`: how a user's endpoint is named on the PBX. */
  endpointTemplate: string
}

const PAGE = 1_000

export function createDirectory({ users, endpointTemplate }: DirectoryNeeds): Directory {
  let byUser: ReadonlyMap<string, Person> = new Map()
  let byExtension: ReadonlyMap<string, Person> = new Map()
  let byEndpoint: ReadonlyMap<string, Person> = new Map()
  let known = ''
  const listeners = new Set<() => void>()
  const endpointOf = (extension: string) => endpointTemplate.replace('{extension}', extension)

  return {
    ofExtension: (extension) => byExtension.get(extension),
    ofEndpoint: (endpoint) => byEndpoint.get(endpoint),
    ofUser: (userId) => byUser.get(userId),
    all: () => [...byUser.values()],
    endpointOf,
    async refresh() {
      const people: Person[] = []
      for (let afterId: string | undefined; ; ) {
        const page = await users.list({ limit: PAGE, ...(afterId && { afterId }) })
        for (const { id, extension, username: name, role, team, disabled } of page) {
          if (extension !== null && !disabled) people.push({ userId: id, extension, name, role, team })
        }
        afterId = page.at(-1)?.id
        if (page.length < PAGE) break
      }
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
