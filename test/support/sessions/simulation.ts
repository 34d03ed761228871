import { randomBytes } from 'node:crypto'
import type { Scheduler } from 'fast-check'
import { watchDialPolicyFile } from '../../../api/config/dial-policy-file.ts'
import { type AccountAdmin, createAccountAdmin } from '../../../api/core/auth/account-admin.ts'
import { createLogin, type Login } from '../../../api/core/auth/login.ts'
import { createOpaqueRefreshTokens, type OpaqueRefreshTokens } from '../../../api/core/auth/refresh-token.ts'
import { createRotation } from '../../../api/core/auth/refresh-token-rotation.ts'
import type { RevocationRecord } from '../../../api/core/auth/revocations.ts'
import type { SecurityEvent } from '../../../api/core/auth/security-log.ts'
import { createSessions, type Sessions } from '../../../api/core/auth/sessions.ts'
import { createTokens } from '../../../api/core/auth/tokens.ts'
import type { User } from '../../../api/core/auth/users.ts'
import { createRevocationCache } from '../../../contract/revocation-cache.ts'
import { createTokenVerifier, type TokenVerifier } from '../../../contract/verdict.ts'
import { newKey } from '../../contract/mint-token.ts'
import { createInterleaving, type Interleaving, interleaved } from './interleaving.ts'
import { createMemoryDatabase, type MemoryDatabase } from './memory-database.ts'
import { createMemoryRotationStore } from './memory-rotation-store.ts'

/** The address of every client. */
export const ADDRESS = '192.0.2.7'

/** Seconds, but for the grace. */
export interface Lifetimes {
  access: number
  refresh: number
  session: number
  graceMs: number
}

/** The real core over stores in memory, in which everything takes its turn, and a gate that reads the log. */
export interface SessionSimulation {
  interleaving: Interleaving
  /** Unix milliseconds. */
  clock: { nowMs: number }
  lifetimes: Lifetimes
  login: Login
  sessions: Sessions
  accountAdmin: AccountAdmin
  /** What the API itself judges by. */
  apiVerifier: TokenVerifier
  /** What nginx asks: it knows what the log holds. */
  gateVerifier: TokenVerifier
  database: MemoryDatabase
  secrets: OpaqueRefreshTokens
  /** Publishes pending revocations, as a job of the API does. */
  publishPending(): Promise<void>
  /** Receives each security event during the operation that causes it. */
  onSecurityEvent(listener: (event: SecurityEvent) => void): void
  /** Resolves once nothing is under way outside the scheduler's hands. */
  whenIdle(): Promise<void>
}

const notSimulated = () => Promise.reject(new Error('this is not simulated'))

export function createSimulation(
  scheduler: Scheduler,
  people: readonly User[],
  lifetimes: Lifetimes,
): SessionSimulation {
  const interleaving = createInterleaving(scheduler)
  const clock = { nowMs: 1_750_000_000_000 }
  const now = () => clock.nowMs
  const database = createMemoryDatabase(people)

  // Two processes' knowledge of revocations. Both read the log at once.
  const [own, gates] = [createRevocationCache(), createRevocationCache()]
  for (const memory of [own, gates]) memory.markFresh(0, 0)
  const publish = async (entry: RevocationRecord) => {
    for (const memory of [own, gates]) memory.add(entry)
    database.markPublished(entry)
  }
  const publishPending = async () => {
    const waiting = await interleaving.call('read pending revocations', async () => database.unpublished())
    for (const entry of waiting) own.add(entry)
    for (const entry of waiting) await interleaving.call('publish a pending revocation', () => publish(entry))
  }
  const revocationPublisher = {
    async publish(entry: RevocationRecord) {
      own.add(entry)
      await interleaving.call('publish a revocation', () => publish(entry))
    },
    publishPending,
  }

  const key = { ...newKey('HS256', 'hs256-a'), createdAtMs: 0 }
  const createVerifier = (revocations: typeof own) =>
    createTokenVerifier({
      keyring: { find: (kid) => (kid === key.kid ? key : undefined), onChange: () => {} },
      revocations,
      now,
      monotonic: () => 0,
      maxStalenessMs: 1,
      maxTokenLifetimeS: Math.max(lifetimes.access, lifetimes.refresh),
      cacheSize: 1_000,
    })

  // Signing leaves the event loop, so that its end would be a matter of luck.
  let signing = 0
  const signer = createTokens({
    keyring: { signing: () => key },
    algorithm: 'HS256',
    now,
    issuingSince: () => 0,
  })
  const tokens = {
    async issue(...args: Parameters<typeof signer.issue>) {
      signing += 1
      return signer.issue(...args).finally(() => (signing -= 1))
    },
  }

  const users = {
    ...database.users,
    async findByLogin(name: string) {
      const it = interleaving.current()
      if (it !== undefined) it.readAt = interleaving.tick()
      return database.users.findByLogin(name)
    },
  }
  const listeners: ((event: SecurityEvent) => void)[] = []
  const securityLog = {
    write(event: SecurityEvent) {
      for (const listener of listeners) listener(event)
    },
  }
  const passwords = interleaved(
    {
      hash: async (password: string) => password,
      verify: async (hash?: string, password?: string) => hash === password,
    },
    interleaving,
  )
  const refreshTokens = createOpaqueRefreshTokens(randomBytes(32))
  const rotations = createMemoryRotationStore(now, (seen) => {
    const it = interleaving.current()
    if (it !== undefined) it.rotationAttempt = seen
  })
  const rotationStore = interleaved({ rotate: rotations.rotate, delete: rotations.delete }, interleaving)
  const sessions = createSessions({
    store: interleaved(database.sessions, interleaving),
    users: interleaved(users, interleaving),
    tokens: interleaved(tokens, interleaving),
    refreshTokens,
    rotation: createRotation({ store: rotationStore, refreshTokens, graceMs: lifetimes.graceMs }),
    // Forgetting never fails, as its contract has it.
    rotationStore: rotations,
    revocationPublisher,
    securityLog,
    supervisorReach: 'team',
    now,
    accessTtl: lifetimes.access,
    refreshTtl: lifetimes.refresh,
    sessionTtl: lifetimes.session,
    onFailure: () => {},
  })

  return {
    interleaving,
    clock,
    lifetimes,
    sessions,
    login: createLogin({
      users: interleaved(users, interleaving),
      passwords,
      sessions,
      attempts: { check: async () => {}, reserve: async () => ({ end: async () => {} }) },
      signInTickets: { redeem: async () => undefined },
      securityLog,
    }),
    accountAdmin: createAccountAdmin({
      accounts: { prepare: notSimulated },
      securityLog,
      users: {
        ...interleaved(users, interleaving),
        add: notSimulated,
        link: notSimulated,
        unlock: notSimulated,
      },
      passwords,
      sessions,
      revocationPublisher,
      policy: watchDialPolicyFile(undefined, () => {}),
      now,
      longestLifetime: Math.max(lifetimes.access, lifetimes.refresh),
    }),
    apiVerifier: createVerifier(own),
    gateVerifier: createVerifier(gates),
    database,
    secrets: refreshTokens,
    publishPending,
    onSecurityEvent: (listener) => void listeners.push(listener),
    async whenIdle() {
      do await new Promise((resolve) => setImmediate(resolve))
      while (signing > 0)
    },
  }
}
