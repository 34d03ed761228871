import { createListeners } from '../../../runtime/listeners.ts'
import type { PhoneUser, UserStore } from '../auth/users.ts'
import { extensionOfEndpoint, toEndpoint } from '../provisioning/web-endpoint.ts'
import { PHONE_EXTENSION } from '../values/extension.ts'

export type { PhoneUser as Person }

/**
 * Maps phones to users: a copy of the users, a few seconds old at most. An extension has two endpoints, the desk phone's
 * and the browser's; both belong to the same user.
 */
export interface Directory {
  findByExtension(extension: string): PhoneUser | undefined
  /** @param endpoint as the PBX names it, without `PJSIP/` */
  findByEndpoint(endpoint: string): PhoneUser | undefined
  findByUser(userId: string): PhoneUser | undefined
  /**
   * Whether an endpoint is an internal phone: of an account, disabled or not, or one named like the phones of
   * accounts that shows the number in its name. A trunk may have a name of digits, too, but shows external
   * numbers.
   * @param numbers that a channel of it showed
   */
  isOwnEndpoint(endpoint: string, numbers: ReadonlySet<string>): boolean
  all(): readonly PhoneUser[]
  /** The endpoint of the desk phone of an extension, by the template. */
  endpointOf(extension: string): string
  /** The endpoint of its browsers, by the template. The PBX need not have it. */
  webEndpointOf(extension: string): string
  /** Both. */
  endpointsOf(extension: string): readonly [phone: string, web: string]
  /** Reads the users if any has changed. Call it every few seconds; listeners are called when a user has changed. */
  refresh(): Promise<void>
  onChange(listener: () => void): void
}

export interface DirectoryNeeds {
  users: Pick<UserStore, 'listPhoneUsers' | 'revision'>
  /** How the PBX names the endpoint of a user's desk phone, such as `{extension}`. */
  endpointTemplate: string
  /** How it names that of the user's browsers, such as `{extension}-web`. */
  webEndpointTemplate: string
  /** Called with what a listener has thrown. */
  onError(err: unknown): void
}

const PAGE = 1_000

export function createDirectory({
  users,
  endpointTemplate,
  webEndpointTemplate,
  onError,
}: DirectoryNeeds): Directory {
  let byUser: ReadonlyMap<string, PhoneUser> = new Map()
  let byExtension: ReadonlyMap<string, PhoneUser> = new Map()
  let byEndpoint: ReadonlyMap<string, PhoneUser> = new Map()
  /** Endpoints of all accounts. */
  let ownEndpoints: ReadonlySet<string> = new Set()
  let lastRead = ''
  let revision: string | undefined
  const listeners = createListeners<[]>(onError)
  const templates = [endpointTemplate, webEndpointTemplate]
  const endpointOf = (extension: string) => toEndpoint(endpointTemplate, extension)
  const webEndpointOf = (extension: string) => toEndpoint(webEndpointTemplate, extension)
  const endpointsOf = (extension: string) => [endpointOf(extension), webEndpointOf(extension)] as const

  return {
    findByExtension: (extension) => byExtension.get(extension),
    findByEndpoint: (endpoint) => byEndpoint.get(endpoint),
    isOwnEndpoint(endpoint, numbers) {
      if (ownEndpoints.has(endpoint)) return true
      return templates.some((template) => {
        const extension = extensionOfEndpoint(template, endpoint) ?? ''
        return PHONE_EXTENSION.test(extension) && (numbers.size === 0 || numbers.has(extension))
      })
    },
    findByUser: (userId) => byUser.get(userId),
    all: () => [...byUser.values()],
    endpointOf,
    webEndpointOf,
    endpointsOf,
    async refresh() {
      // Read first: a change while the pages are read triggers another read the next time.
      const latest = await users.revision()
      if (latest === revision) return
      const people: PhoneUser[] = []
      const all: string[] = []
      for (let afterId: string | undefined; ; ) {
        const page = await users.listPhoneUsers({ limit: PAGE, ...(afterId && { afterId }) })
        for (const { disabled, ...person } of page) {
          all.push(...endpointsOf(person.extension))
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
      // If 99{extension} names the browsers, 99101 may also be the desk phone of an account, which wins.
      byEndpoint = new Map(
        [webEndpointOf, endpointOf].flatMap((toName) =>
          people.map((person) => [toName(person.extension), person] as const),
        ),
      )
      listeners.notify()
    },
    onChange: (listener) => void listeners.add(listener),
  }
}
