import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { embeddedDatabase } from '../../api/config/config.ts'
import { openDialPolicy } from '../../api/config/dial-policy-file.ts'
import { Quarantine } from '../../api/config/provisioning.ts'
import { type AccountChanges, createAccountChanges } from '../../api/core/auth/account-admin.ts'
import { type Accounts, createAccounts } from '../../api/core/auth/accounts.ts'
import { createPasswords } from '../../api/core/auth/password.ts'
import type { SecurityLog } from '../../api/core/auth/security-log.ts'
import type { EndReason, Session } from '../../api/core/auth/session-store.ts'
import type { User, UserStore } from '../../api/core/auth/users.ts'
import type { DoNotCall } from '../../api/core/call-center/leads/do-not-call.ts'
import type { PastStore } from '../../api/core/calls/purge-history.ts'
import type { DialPolicy } from '../../api/core/dial-policy/dial-policy.ts'
import type { ExtensionStore } from '../../api/core/provisioning/extensions.ts'
import { Refusal } from '../../api/core/refusal.ts'
import { createInvitations, type Invitations } from '../../api/core/registration/invitations.ts'
import { openSecurityLog } from '../../api/store/files/security-log.ts'
import { createSessionStore } from '../../api/store/sql/auth/sessions.ts'
import { createUserStore } from '../../api/store/sql/auth/users.ts'
import { createDoNotCall } from '../../api/store/sql/call-center/do-not-call.ts'
import { createPastStore } from '../../api/store/sql/calls/purge-history.ts'
import { type Database, openDatabase } from '../../api/store/sql/database.ts'
import { migrate } from '../../api/store/sql/migrate.ts'
import { createExtensionStore } from '../../api/store/sql/provisioning/extensions.ts'
import { createInvitationStore } from '../../api/store/sql/registration/invitations.ts'
import { commonSettings } from '../../contract/common-settings.ts'
import { readEnv } from '../../runtime/env.ts'
import { CommandError } from './command.ts'

const Settings = z.object({
  HOOKSWITCH_DATA: commonSettings.HOOKSWITCH_DATA,
  HOOKSWITCH_MEDIA_ROOT: z.string().optional(),
  HOOKSWITCH_REFRESH_TTL: commonSettings.HOOKSWITCH_REFRESH_TTL,
  HOOKSWITCH_ACCESS_TTL: commonSettings.HOOKSWITCH_ACCESS_TTL,
  HOOKSWITCH_EXTENSION_QUARANTINE: Quarantine,
  DATABASE_URL: z.string().optional(),
  HOOKSWITCH_DIAL_POLICY: z.string().optional(),
})

/** What the admin's commands work with: the database alone, as the truth is there. */
export interface Office {
  users: UserStore
  accounts: Accounts
  changes: AccountChanges
  invitations: Invitations
  extensions: Pick<ExtensionStore, 'unsettled' | 'update' | 'find'>
  /** Where recordings are, one folder an extension. */
  mediaRoot: string
  doNotCall: DoNotCall
  past: PastStore
  /** What may be dialled, as the settings file has it now. @throws {SettingsError} */
  policy: () => DialPolicy
  /** @throws {CommandError} */
  userNamed(name: string | undefined): Promise<User>
  /** @throws {CommandError} when there is no such live session */
  endOne(sessionId: string): Promise<void>
  /** @returns how many there were */
  endAll(userId: string, reason: EndReason): Promise<number>
  liveSessionsOf(userId: string): Promise<Session[]>
}

/** Who does it, for the security log. */
export const BY_ADMIN = { actorId: 'cli', address: 'local' } as const

/**
 * Opens the database for one command. Revocations are written into the ledger, from where a running api
 * announces them within a second; without one no process admits anyone.
 */
export async function inOffice(work: (office: Office) => Promise<void>): Promise<void> {
  const settings = readEnv(Settings)
  const url = settings.DATABASE_URL ?? embeddedDatabase(resolve(settings.HOOKSWITCH_DATA))
  const isNew = url.startsWith('sqlite:') && !existsSync(url.slice('sqlite:'.length))
  try {
    await migrate(url)
    // From a folder, or with settings, other than the running one's.
    if (isNew) console.error(`hookswitch: there was no database; made ${url.slice('sqlite:'.length)}`)
    const db = await openDatabase(url)
    try {
      const securityLog = openSecurityLog(
        join(resolve(settings.HOOKSWITCH_DATA), 'log', 'security.log'),
        (err) =>
          console.error(
            `hookswitch: the security log cannot be written: ${err instanceof Error ? err.message : err}`,
          ),
      )
      await work(createOffice(db, securityLog, settings))
    } finally {
      await db.close()
    }
  } catch (err) {
    throw err instanceof Refusal ? new CommandError(wordsFor(err)) : err
  }
}

function createOffice(db: Database, securityLog: SecurityLog, settings: z.output<typeof Settings>): Office {
  const now = () => Date.now()
  const nowS = () => Math.floor(now() / 1000)
  const users = createUserStore(db, nowS, settings.HOOKSWITCH_EXTENSION_QUARANTINE * 86_400)
  const sessions = createSessionStore(db)
  const passwords = createPasswords()
  // The ledger holds it already; the running api does the rest.
  const revoker = { announce: async () => {} }
  const note = (userId: string, sessionId: string, reason: EndReason) =>
    securityLog.write({ event: 'session_ended', userId, sessionId, reason, ...BY_ADMIN })
  const endAll = async (userId: string, reason: EndReason) => {
    const entries = await sessions.endAllOf(userId, undefined, nowS(), reason)
    for (const { key } of entries) note(userId, key, reason)
    return entries.length
  }
  // Read where it is asked for: most commands have no use for it.
  const policy = () => openDialPolicy(settings.HOOKSWITCH_DIAL_POLICY || undefined, () => {})()
  return {
    users,
    policy,
    invitations: createInvitations(createInvitationStore(db), now),
    extensions: createExtensionStore(db),
    mediaRoot: resolve(settings.HOOKSWITCH_MEDIA_ROOT ?? join(settings.HOOKSWITCH_DATA, 'media')),
    doNotCall: createDoNotCall(db),
    past: createPastStore(db),
    accounts: createAccounts({ users, passwords, policy }),
    changes: createAccountChanges({
      users,
      passwords,
      sessions: { endAll: (userId, { reason }) => endAll(userId, reason) },
      revoker,
      policy,
      now,
      longestLifetime: Math.max(settings.HOOKSWITCH_ACCESS_TTL, settings.HOOKSWITCH_REFRESH_TTL),
    }),
    async userNamed(name) {
      const user = name === undefined ? undefined : await users.findByLogin(name)
      if (user === undefined) throw new CommandError(`no user ${JSON.stringify(name ?? '')}; see users list`)
      return user
    },
    async endOne(sessionId) {
      const session = await sessions.find(sessionId)
      const entry = await sessions.end(sessionId, nowS(), 'ended_by_admin' satisfies EndReason)
      if (session === undefined || entry === undefined) {
        throw new CommandError('no such live session; see sessions list')
      }
      note(session.userId, sessionId, 'ended_by_admin')
    },
    endAll,
    liveSessionsOf: (userId) => sessions.listOf(userId, nowS(), { limit: 1_000 }),
  }
}

/** What a refusal names as `taken`. */
const TAKEN: Record<string, string> = { username: 'name', extension: 'extension', email: 'email address' }

function wordsFor(refusal: Refusal): string {
  if (refusal.code === 'taken')
    return `that ${TAKEN[refusal.detail ?? ''] ?? 'name'} belongs to another user already`
  if (refusal.code === 'unavailable') {
    const { cause } = refusal
    return `cannot use the database, see DATABASE_URL: ${cause instanceof Error ? cause.message : 'it does not answer'}`
  }
  return refusal.detail ?? refusal.code
}
