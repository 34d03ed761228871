import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createExtensionProvisioning } from '../../api/core/provisioning/extension-provisioning.ts'
import { createNewExtensions, type NewExtensionsNeeds } from '../../api/core/provisioning/new-extensions.ts'
import {
  type ExtensionSpec,
  type Provisioner,
  ProvisioningError,
  type ProvisioningErrorCode,
} from '../../api/core/provisioning/provisioner.ts'
import { createSipCredentialReader, toDisplayName } from '../../api/core/provisioning/sip-credentials.ts'
import { createSecretSeal } from '../../api/core/provisioning/sip-secret.ts'
import {
  createExtensionRegistration,
  type ExtensionRegistrationNeeds,
} from '../../api/core/registration/extension-registration.ts'
import { createUserStore } from '../../api/store/sql/auth/users.ts'
import { openDatabase } from '../../api/store/sql/database.ts'
import { migrate } from '../../api/store/sql/migrate.ts'
import { createExtensionStore } from '../../api/store/sql/provisioning/extensions.ts'
import { createInvitationStore } from '../../api/store/sql/registration/invitations.ts'
import { addInvitation } from './fixtures/invitations.ts'

/** One failing operation of the PBX: it fails before it is done, or after it with the answer lost. */
export type PbxFailure = { code: ProvisioningErrorCode; isDone?: boolean } | undefined

/** A PBX in memory, that makes secrets of its own as FreePBX does. */
export function createFakePbx() {
  const extensions = new Map<string, { mark: string; secret: string }>()
  const faults: PbxFailure[] = []
  const asked: string[] = []
  let made = 0

  async function perform<T>(words: string, work: () => T): Promise<T> {
    asked.push(words)
    const fault = faults.shift()
    if (fault !== undefined && fault.isDone !== true)
      throw new ProvisioningError(fault.code, `it is ${fault.code}`)
    const result = work()
    if (fault !== undefined) throw new ProvisioningError(fault.code, `it is ${fault.code}`)
    return result
  }

  const provisioner: Provisioner = {
    name: 'fake',
    provision: ({ extension, ownershipTag, secret }: ExtensionSpec) =>
      perform(`provide ${extension}`, () => {
        const found = extensions.get(extension)
        if (found !== undefined && found.mark !== ownershipTag)
          throw new ProvisioningError('taken', 'it is another’s')
        if (found === undefined) {
          extensions.set(extension, { mark: ownershipTag, secret: `pbx${secret}` })
          made += 1
        }
        return { extension, authUsername: `${extension}-1`, secret: extensions.get(extension)?.secret ?? '' }
      }),
    remove: (extension, { ownershipTag }) =>
      perform(`remove ${extension}`, () => {
        const found = extensions.get(extension)
        if (found !== undefined && found.mark !== ownershipTag)
          throw new ProvisioningError('taken', 'it is another’s')
        extensions.delete(extension)
      }),
  }
  return { provisioner, extensions, faults, asked, made: () => made }
}

export const KEY = Buffer.alloc(32, 7)

export interface ProvisioningFixtureOptions extends Partial<ExtensionRegistrationNeeds & NewExtensionsNeeds> {
  /** Another world's, to be one more API beside it. */
  url?: string
  pbx?: ReturnType<typeof createFakePbx>
  /** Whether a number may be given out. */
  isFit?: (extension: string) => Promise<boolean>
}

/** The core of onboarding over a real SQLite, with a PBX in memory and a clock that tests turn. */
export async function createProvisioningFixture({
  url,
  pbx = createFakePbx(),
  isFit,
  ...difference
}: ProvisioningFixtureOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'onboarding-'))
  const where = url ?? `sqlite:${join(folder, 'hookswitch.db')}`
  await migrate(where)
  const db = await openDatabase(where)
  const time = { ms: 1_700_000_000_000 }
  const now = () => time.ms
  const users = createUserStore(db, () => Math.floor(now() / 1000))
  const extensions = createExtensionStore(db, isFit)
  const invitationStore = createInvitationStore(db)
  const seal = createSecretSeal(KEY)
  const range = { first: '2000', last: '2009' }
  const troubles: string[] = []
  const provisioning = createExtensionProvisioning({
    store: extensions,
    provisioner: pbx.provisioner,
    seal,
    async findPerson(userId) {
      const user = await users.find(userId)
      return user && { name: toDisplayName(user.username), email: user.username }
    },
    range,
    longestLifetime: 3_600,
    now,
    onWarning: (what) => void troubles.push(what),
    onError: Object.assign((err: unknown) => void troubles.push(`fails: ${err}`), {
      recovered: () => void troubles.push('works'),
    }),
  })
  const registration = createExtensionRegistration({
    mode: 'open',
    users,
    passwords: { hash: async (password) => `$argon2id$${password.length}` },
    throttle: { consume: async () => {} },
    invitations: invitationStore,
    newExtensions: createNewExtensions({
      extensions,
      provisioning,
      seal,
      range,
      now,
      onError: (err) => void troubles.push(String(err)),
      ...difference,
    }),
    now,
    ...difference,
  })
  const server = { domain: 'pbx.example.org', port: 5060, transport: 'udp' } as const
  return {
    url: where,
    db,
    pbx,
    users,
    extensions,
    invitations: {
      invite: (input: Omit<Parameters<typeof addInvitation>[1], 'now'>) =>
        addInvitation(invitationStore, { now: Math.floor(now() / 1000), ...input }),
    },
    seal,
    providing: provisioning,
    registration,
    credentials: createSipCredentialReader({ extensions, users, seal, server }),
    troubles,
    now,
    /** Turns the clock on. */
    wait(seconds: number) {
      time.ms += seconds * 1000
    },
    register: (email = 'anna@example.org', more: { invitation?: string } = {}) =>
      registration.register({ email, password: 'a long one', address: '192.0.2.1', ...more }),
    async close() {
      await db.close()
      rmSync(folder, { recursive: true })
    },
  }
}
export type ProvisioningFixture = Awaited<ReturnType<typeof createProvisioningFixture>>
