import { randomUUID } from 'node:crypto'
import { Client, type Entry, type Filter, NoSuchObjectError } from 'ldapts'
import { SettingsError } from '../../runtime/env.ts'
import { createFailureReporter, type FailureHandler } from '../../runtime/failure-reporter.ts'
import { type DirectorySettings, parseLdapUrl } from '../core/auth/ldap/directories-file.ts'
import {
  type DirectorySession,
  type FoundEntry,
  type LdapDirectory,
  sourceOf,
} from '../core/auth/ldap/directory.ts'
import { isDn } from '../core/auth/ldap/distinguished-name.ts'
import { Refusal } from '../core/refusal.ts'
import { toWrongAnswer } from './bind-answer.ts'
import { equalTo, type FilterTemplate, parseFilterTemplate } from './ldap-filter.ts'
import { openLdapSocket } from './ldap-socket.ts'
import { attributesToRead, readPerson, toDirectoryEntry } from './read-entry.ts'
import { isGuidAttribute, textToGuid } from './unique-id.ts'

export interface LdapDirectoryNeeds {
  settings: DirectorySettings
  /** The certificates of `ca_file`, and the password of `bind_password_file`. */
  ca: string | undefined
  bindPassword: string | undefined
  onFailure: FailureHandler
}

/** A person in more groups than these has the roles of those that the server returns first. */
const MAX_GROUPS = 1_000

/** A directory that is asked by LDAP (RFC 4511). @throws {SettingsError} for a filter that is none */
export function createLdapDirectory(needs: LdapDirectoryNeeds): LdapDirectory {
  const { settings } = needs
  const { id } = settings
  const userFilter = templateOf(id, 'user_filter', settings.user_filter)
  const groupSearch = settings.group_search && {
    base: settings.group_search.base_dn,
    filter: templateOf(id, 'group_search', settings.group_search.filter),
  }
  const reporter = createFailureReporter(needs.onFailure)

  return {
    id,
    source: sourceOf(id),
    createsAccounts: settings.create_accounts,
    async ask(work) {
      try {
        const client = await connect(needs)
        try {
          await bindService(client, needs)
          const result = await work(createSession(client, settings, userFilter, groupSearch))
          reporter.succeeded()
          return result
        } finally {
          // It only closes the connection.
          void client.unbind().catch(() => {})
        }
      } catch (err) {
        if (err instanceof Refusal) throw err
        reporter.failed(err)
        throw new Refusal('unavailable', {
          detail: 'the directory cannot be asked',
          retryAfter: 5,
          cause: err,
        })
      }
    },
  }
}

function templateOf(id: string, member: string, text: string): FilterTemplate {
  try {
    return parseFilterTemplate(text)
  } catch (err) {
    const why = err instanceof Error ? err.message : err
    throw new SettingsError(`HOOKSWITCH_DIRECTORIES_FILE: ${member} of ${id} is no filter: ${why}`)
  }
}

async function connect({ settings, ca }: LdapDirectoryNeeds): Promise<Client> {
  const url = parseLdapUrl(settings.url)
  if (url === undefined) throw new Error('not a URL of a directory')
  const tls = url.isTls ? 'from_start' : settings.start_tls ? 'start_tls' : 'none'
  const { host, port } = url
  let socket: Awaited<ReturnType<typeof openLdapSocket>> | undefined = await openLdapSocket({
    ...{ host, port, tls, ca },
    timeoutMs: settings.timeout_ms,
  })
  return new Client({
    // The socket has TLS where it is due.
    url: 'ldap://directory.invalid',
    timeout: settings.timeout_ms,
    createConnection: () => {
      // The client would connect again by itself: without TLS, and bound to nothing.
      if (socket === undefined) throw new Error('the connection to the directory is closed')
      const once = socket
      socket = undefined
      return once
    },
  })
}

/** Its failure is one of the settings or of the directory, and never means that a password is wrong. */
async function bindService(client: Client, { settings, bindPassword }: LdapDirectoryNeeds): Promise<void> {
  if (settings.bind_dn !== undefined && bindPassword !== undefined)
    await client.bind(settings.bind_dn, bindPassword)
}

function createSession(
  client: Client,
  settings: DirectorySettings,
  userFilter: FilterTemplate,
  groupSearch: { base: string; filter: FilterTemplate } | undefined,
): DirectorySession {
  const uniqueId = settings.attributes.unique_id
  const timeLimit = Math.ceil(settings.timeout_ms / 1_000)

  /** Referrals come as references beside the entries, and are not followed. */
  async function search(base: string, filter: Filter, scope: 'base' | 'sub' = 'sub'): Promise<Entry[]> {
    const { searchEntries } = await client.search(base, {
      ...{ scope, filter, timeLimit },
      // One more than may be found.
      sizeLimit: 2,
      attributes: attributesToRead(settings),
      explicitBufferAttributes: isGuidAttribute(uniqueId) ? [uniqueId, 'objectGUID'] : [],
    })
    return searchEntries
  }

  async function groupsOf(dn: string, username: string): Promise<string[]> {
    if (groupSearch === undefined) return []
    const { searchEntries } = await client.search(groupSearch.base, {
      ...{ timeLimit, sizeLimit: MAX_GROUPS, attributes: ['1.1'] },
      filter: groupSearch.filter({ dn, username }),
    })
    return searchEntries.map((entry) => entry.dn)
  }

  async function toFound(entries: readonly Entry[]): Promise<FoundEntry> {
    const [entry, ...others] = entries
    if (entry === undefined) return { is: 'none' }
    if (others.length > 0) return { is: 'several' }
    const person = readPerson(entry, settings)
    if (person === undefined) return { is: 'incomplete' }
    const searched = await groupsOf(person.dn, person.username)
    return {
      is: 'one',
      entry: toDirectoryEntry({ ...person, groups: [...person.groups, ...searched] }, settings),
    }
  }

  return {
    findByLogin: async (login) => toFound(await search(settings.base_dn, userFilter({ login }))),

    async findById(sourceId) {
      if (uniqueId === 'dn') {
        if (!isDn(sourceId)) return { is: 'none' }
        const found = search(sourceId, parseFilterTemplate('(objectClass=*)')({}), 'base')
        return toFound(
          await found.catch((err) => {
            if (err instanceof NoSuchObjectError) return []
            throw err
          }),
        )
      }
      const value = isGuidAttribute(uniqueId) ? textToGuid(sourceId) : sourceId
      if (value === undefined) return { is: 'none' }
      const found = await toFound(await search(settings.base_dn, equalTo(uniqueId, value)))
      // Servers compare without regard to case; accounts do not.
      return found.is === 'one' && found.entry.sourceId !== sourceId ? { is: 'none' } : found
    },

    async verifyPassword(dn, password) {
      // Without a name it would be anonymous, and without a password unauthenticated: both succeed (RFC 4513 §5.1).
      if (!dn.includes('=') || password === '') return { is: 'wrong', reason: 'empty' }
      try {
        await client.bind(dn, password)
        return { is: 'right' }
      } catch (err) {
        return toWrongAnswer(err)
      }
    },

    async verifyNothing(password) {
      const dn = `cn=${randomUUID()},${settings.base_dn}`
      await groupsOf(dn, dn)
      try {
        await client.bind(dn, password === '' ? 'x' : password)
      } catch (err) {
        toWrongAnswer(err)
      }
    },
  }
}
