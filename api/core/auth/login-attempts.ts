import { randomUUID } from 'node:crypto'
import { sha256 } from '../../../runtime/hash.ts'
import { poll } from '../../../runtime/poll.ts'
import { Refusal } from '../refusal.ts'
import { networkOf } from '../values/network.ts'
import type {
  AttemptCounters,
  AttemptCountersFor,
  AttemptLimit,
  AttemptOutcome,
  KnownNetworks,
  ReserveResult,
} from './attempt-counters.ts'

/**
 * Limits password guessing over all processes. Only failures count: an attempt in progress reserves one of the failures
 * that are left, and returns it unless it fails. Three counters, each with its own limit:
 * - per account and network (an address, or an IPv6 /64), so that a stranger elsewhere cannot lock the owner out;
 * - per account over all networks, ten times as many, against guesses from many places. It neither limits nor counts
 *   attempts from networks from which the account has logged in lately;
 * - per network over all accounts.
 */
export interface LoginAttempts {
  /**
   * Whether one of the counters has reached its limit, before the attempt waits or does any work.
   * @throws {Refusal} `throttled`
   */
  check(account: AttemptTarget, address: string): Promise<void>
  /**
   * Reserves one attempt. While attempts in progress hold all failures that are left, it waits for one of them to end,
   * so that no burst of guesses exceeds the limit.
   * @throws {Refusal} `throttled`, `unavailable` after 10 seconds
   */
  reserve(account: AttemptTarget, address: string): Promise<ReservedAttempt>
}

/** The account at which a password is tried. */
export interface AttemptTarget {
  /** Of a user, or of a name that no user has. The networks from which the account has logged in belong to it. */
  id: string
  /** Rises with each change of the account and starts its counters again, so an administrator can lift a lock. */
  revision: number
}

/** The same for requests without an account name, such as a refresh with an opaque refresh token: counted per network alone. */
export interface AddressAttempts {
  /** @throws {Refusal} `throttled`, `unavailable` after 10 seconds */
  reserve(address: string): Promise<ReservedAttempt>
}

/** The same for an account that is known already, over all networks. */
export interface AccountAttempts {
  /** @throws {Refusal} `throttled`, `unavailable` after 10 seconds */
  reserve(account: AttemptTarget): Promise<ReservedAttempt>
}

export interface ReservedAttempt {
  /** Never throws: a login does not fail because a counter cannot be written. */
  end(outcome: AttemptOutcome): Promise<void>
}

export interface LoginAttemptsNeeds {
  countersFor: AttemptCountersFor
  knownNetworks: KnownNetworks
}

export interface LoginAttemptsSettings {
  /** Each surface counts addresses by itself, as its document requires. */
  surface: string
  perAddress: AttemptLimit
  /** Per account and network, shared by all surfaces. */
  perAccount: AttemptLimit
}

/** How many times as many failures an account may have from all networks together. */
const ALL_NETWORKS_FACTOR = 10
const RESERVE_TIMEOUT_MS = 10_000

export function createLoginAttempts(
  { countersFor, knownNetworks }: LoginAttemptsNeeds,
  { surface, perAddress, perAccount }: LoginAttemptsSettings,
): LoginAttempts {
  const accountNetworks = countersFor('place', perAccount)
  const accounts = countersFor('account', { ...perAccount, max: perAccount.max * ALL_NETWORKS_FACTOR })
  const networks = countersFor(`address:${surface}`, perAddress)

  return {
    async check(account, address) {
      requireNotThrottled(await networks.throttledFor(networkOf(address)))
      requireNotThrottled(await accountNetworks.throttledFor(networkKeyOf(revisionKeyOf(account), address)))
      if (await knownNetworks.has(networkKeyOf(account.id, address))) return
      requireNotThrottled(await accounts.throttledFor(sha256(revisionKeyOf(account))))
    },
    async reserve(account, address) {
      const id = randomUUID()
      const knownKey = networkKeyOf(account.id, address)
      const own = { counters: accountNetworks, key: networkKeyOf(revisionKeyOf(account), address) }
      const shared = [{ counters: networks, key: networkOf(address) }]
      if (!(await knownNetworks.has(knownKey)))
        shared.push({ counters: accounts, key: sha256(revisionKeyOf(account)) })
      await reserveAll([...shared, own], id)
      return {
        async end(outcome) {
          await Promise.all([
            endAll([own], id, outcome),
            // The success of one account excuses no guesses that the address made at other accounts.
            endAll(shared, id, outcome === 'success' ? 'void' : outcome),
            outcome === 'success' && knownNetworks.add(knownKey),
          ])
        },
      }
    },
  }
}

/** Counts the addresses of one surface alone. */
export function createAddressAttempts(
  countersFor: AttemptCountersFor,
  { surface, perAddress }: Pick<LoginAttemptsSettings, 'surface' | 'perAddress'>,
): AddressAttempts {
  const networks = countersFor(`address:${surface}`, perAddress)
  return { reserve: (address) => reserveOne(networks, networkOf(address)) }
}

/**
 * Counts the second factors of accounts, over all networks: the password was right before, so that no stranger can lock
 * the owner out. A success resets nothing, since the owner may sign in between the guesses of another client.
 */
export function createFactorAttempts(
  countersFor: AttemptCountersFor,
  perAccount: AttemptLimit,
): AccountAttempts {
  const accounts = countersFor('factor', perAccount)
  return { reserve: (account) => reserveOne(accounts, sha256(revisionKeyOf(account))) }
}

async function reserveOne(counters: AttemptCounters, key: string): Promise<ReservedAttempt> {
  const id = randomUUID()
  const counterKeys = [{ counters, key }]
  await reserveAll(counterKeys, id)
  return { end: (outcome) => endAll(counterKeys, id, outcome === 'success' ? 'void' : outcome) }
}

interface CounterKey {
  counters: AttemptCounters
  key: string
}

/**
 * Reserves in all counters, or in none. While it waits it holds no place in any counter: a wait may be longer than the
 * lifetime of a reservation, and a place held meanwhile would be free again before the attempt begins.
 */
async function reserveAll(counterKeys: readonly CounterKey[], id: string): Promise<void> {
  const reserved = await poll(
    async () => {
      const result = await tryReserveAll(counterKeys, id)
      if (result.is === 'throttled') requireNotThrottled(result.untilMs)
      return result.is === 'reserved' || undefined
    },
    { everyMs: 20, timeoutMs: RESERVE_TIMEOUT_MS },
  )
  if (reserved === undefined) throw new Refusal('unavailable', { retryAfter: 5 })
}

async function tryReserveAll(counterKeys: readonly CounterKey[], id: string): Promise<ReserveResult> {
  for (const [held, { counters, key }] of counterKeys.entries()) {
    const result = await counters.reserve(key, id)
    if (result.is === 'reserved') continue
    await endAll(counterKeys.slice(0, held), id, 'void')
    return result
  }
  return { is: 'reserved' }
}

async function endAll(
  counterKeys: readonly CounterKey[],
  id: string,
  outcome: AttemptOutcome,
): Promise<void> {
  await Promise.all(counterKeys.map(({ counters, key }) => counters.end(key, id, outcome)))
}

function requireNotThrottled(throttledForMs: number | undefined): void {
  if (throttledForMs === undefined) return
  throw new Refusal('throttled', { retryAfter: Math.max(1, Math.ceil(throttledForMs / 1000)) })
}

const revisionKeyOf = ({ id, revision }: AttemptTarget) => `${id}:${revision}`
const networkKeyOf = (account: string, address: string) =>
  sha256(JSON.stringify([account, networkOf(address)]))
