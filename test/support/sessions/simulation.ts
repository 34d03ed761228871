import { randomBytes } from 'node:crypto'
import type { Scheduler } from 'fast-check'
import { openDialPolicy } from '../../../api/config/dial-policy-file.ts'
import { type AccountChanges, createAccountChanges } from '../../../api/core/auth/account-admin.ts'
import { createLogin, type Login } from '../../../api/core/auth/login.ts'
import { createRefreshSecrets, type RefreshSecrets } from '../../../api/core/auth/refresh-token.ts'
import { createRotation } from '../../../api/core/auth/refresh-token-rotation.ts'
import type { LedgerEntry } from '../../../api/core/auth/revocations.ts'
import type { SecurityEvent } from '../../../api/core/auth/security-log.ts'
import { createSessions, type Sessions } from '../../../api/core/auth/sessions.ts'
import { createTokens } from '../../../api/core/auth/tokens.ts'
import type { User } from '../../../api/core/auth/users.ts'
import { createRevocationMemory } from '../../../contract/revocation-cache.ts'
import { createJudge, type Judge } from '../../../contract/verdict.ts'
import { newKey } from '../../contract/mint-token.ts'
import { createTurns, inTurns, type Turns } from './interleaving.ts'
import { createMemoryDatabase, type MemoryDatabase } from './memory-database.ts'
import { createMemoryRotationStore } from './memory-rotation-store.ts'

/** Seconds, but for the grace. */
export interface Lifetimes {
  access: number
  refresh: number
  session: number
  graceMs: number
}

/** The real core over stores in memory, in which everything takes its turn, and a gate that reads the log. */
export interface World {
  turns: Turns
  /** Unix milliseconds. */
  clock: { nowMs: number }
  lifetimes: Lifetimes
  login: Login
  sessions: Sessions
  changes: AccountChanges
  /** What the API itself judges by. */
  judge: Judge
  /** What nginx asks: it knows what the log holds. */
  gate: Judge
  database: MemoryDatabase
  secrets: RefreshSecrets
  /** Announces what waits, as a chore of the API does. */
  tend(): Promise<void>
  /** Hears of each security event in the midst of the operation that causes it. */
  onSecurityEvent(listener: (event: SecurityEvent) => void): void
  /** Resolves once nothing is under way outside the scheduler's hands. */
  quiet(): Promise<void>
}

export function createWorld(scheduler: Scheduler, people: readonly User[], lifetimes: Lifetimes): World {
  const turns = createTurns(scheduler)
  const clock = { nowMs: 1_750_000_000_000 }
  const now = () => clock.nowMs
  const database = createMemoryDatabase(people)

  // Two processes' knowledge of revocations. Both hear at once what the log holds.
  const [own, gates] = [createRevocationMemory(), createRevocationMemory()]
  for (const memory of [own, gates]) memory.trust(0, 0)
  const spread = async (entry: LedgerEntry) => {
    for (const memory of [own, gates]) memory.apply(entry)
    database.announced(entry)
  }
  const tend = async () => {
    const waiting = await turns.call('what waits', async () => database.waiting())
    for (const entry of waiting) own.apply(entry)
    for (const entry of waiting) await turns.call('announce what waits', () => spread(entry))
  }
  const revoker = {
    async announce(entry: LedgerEntry) {
      own.apply(entry)
      await turns.call('announce', () => spread(entry))
    },
    announceWaiting: tend,
  }

  const key = { ...newKey('HS256', 'hs256-a'), createdAtMs: 0 }
  const judgeBy = (revocations: typeof own) =>
    createJudge({
      keyring: { find: (kid) => (kid === key.kid ? key : undefined), onChange: () => {} },
      revocations,
      now,
      monotonic: () => 0,
      maxStalenessMs: 1,
      longestLifetime: Math.max(lifetimes.access, lifetimes.refresh),
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
      const it = turns.current()
      if (it !== undefined) it.readAt = turns.tick()
      return database.users.findByLogin(name)
    },
  }
  const listeners: ((event: SecurityEvent) => void)[] = []
  const securityLog = {
    write(event: SecurityEvent) {
      for (const listener of listeners) listener(event)
    },
  }
  const passwords = inTurns(
    {
      hash: async (password: string) => password,
      verify: async (hash?: string, password?: string) => hash === password,
    },
    turns,
  )
  const secrets = createRefreshSecrets(randomBytes(32))
  const rotations = createMemoryRotationStore(now, (seen) => {
    const it = turns.current()
    if (it !== undefined) it.seen = seen
  })
  const rotationStore = inTurns({ rotate: rotations.rotate, forget: rotations.forget }, turns)
  const sessions = createSessions({
    store: inTurns(database.sessions, turns),
    users: inTurns(users, turns),
    tokens: inTurns(tokens, turns),
    secrets,
    rotation: createRotation({ store: rotationStore, secrets, graceMs: lifetimes.graceMs }),
    // Forgetting never fails, as its contract has it.
    rotationStore: rotations,
    revoker,
    securityLog,
    supervisorReach: 'team',
    now,
    accessTtl: lifetimes.access,
    refreshTtl: lifetimes.refresh,
    sessionTtl: lifetimes.session,
    onTrouble: () => {},
  })

  return {
    turns,
    clock,
    lifetimes,
    sessions,
    login: createLogin({
      users: inTurns(users, turns),
      passwords,
      sessions,
      attempts: { check: async () => {}, reserve: async () => ({ end: async () => {} }) },
      securityLog,
    }),
    changes: createAccountChanges({
      users: inTurns(users, turns),
      passwords,
      sessions,
      revoker,
      policy: openDialPolicy(undefined, () => {}),
      now,
      longestLifetime: Math.max(lifetimes.access, lifetimes.refresh),
    }),
    judge: judgeBy(own),
    gate: judgeBy(gates),
    database,
    secrets,
    tend,
    onSecurityEvent: (listener) => void listeners.push(listener),
    async quiet() {
      do await new Promise((resolve) => setImmediate(resolve))
      while (signing > 0)
    },
  }
}
