import { isNetwork } from '../../../contract/networks.ts'
import {
  generateServiceToken,
  SCOPES,
  type Scope,
  type ServiceToken,
  serviceSubject,
} from '../../../contract/service-token.ts'
import { sha256 } from '../../../runtime/hash.ts'
import { DAY_S, toUnixSeconds } from '../../../runtime/time.ts'
import { invalidInput, Refusal } from '../refusal.ts'
import { oneLine } from '../values/one-line.ts'
import type { ChangedBy } from './account-admin.ts'
import type { RevocationPublisher } from './revocations.ts'
import type { SecurityLog } from './security-log.ts'
import type { ListedServiceToken, ServiceTokenCursor, ServiceTokenStore } from './service-token-store.ts'

export const DEFAULT_TOKEN_DAYS = 90
export const MAX_TOKEN_DAYS = 400
export const MAX_NETWORKS = 50
export const TOKEN_NAME = oneLine(1, 100)

export interface NewServiceToken {
  name: string
  scopes: readonly Scope[]
  /** From which it may be used; empty: from all. */
  networks: readonly string[]
  /** From now; at most 400. */
  days: number
}

export const SERVICE_TOKEN_STATES = ['active', 'revoked', 'expired'] as const
export type ServiceTokenState = (typeof SERVICE_TOKEN_STATES)[number]

/** What an administrator does with service tokens, over HTTP or on the command line. The security log gets each change. */
export interface ServiceTokens {
  /**
   * @returns `text` is not stored, so that it can be shown only now
   * @throws {Refusal} `input_invalid`, `conflict` if there are too many, `token_revoked`, `unavailable`
   */
  create(token: NewServiceToken, by: ChangedBy): Promise<{ token: ListedServiceToken; text: string }>
  list(page: {
    after?: ServiceTokenCursor
    limit: number
  }): Promise<{ tokens: ListedServiceToken[]; total: number }>
  stateOf(token: ListedServiceToken): ServiceTokenState
  /** @throws {Refusal} `not_found` */
  find(id: string): Promise<ListedServiceToken>
  /**
   * Revokes a token at once, everywhere. Again, or after its end, it has no effect.
   * @throws {Refusal} `not_found`, `token_revoked`, `unavailable`
   */
  revoke(id: string, by: ChangedBy): Promise<void>
}

export interface ServiceTokensNeeds {
  store: ServiceTokenStore
  revocationPublisher: RevocationPublisher
  /** The API makes a new token known to all processes at once; otherwise a running API does so within a second. */
  announce(token: ServiceToken): Promise<void>
  /** The earliest time of issue of a valid token, in unix seconds; undefined before the API has run once. */
  issuingSince(): Promise<number | undefined>
  securityLog: SecurityLog
  now: () => number
}

/** In force at one time. */
const MAX_TOKENS = 200

export function createServiceTokens(needs: ServiceTokensNeeds): ServiceTokens {
  const { store, revocationPublisher, securityLog } = needs
  const nowS = () => toUnixSeconds(needs.now())

  async function requireToken(id: string): Promise<ListedServiceToken> {
    const token = await store.find(id)
    if (token === undefined) throw new Refusal('not_found', { detail: 'no such service token' })
    return token
  }

  return {
    find: requireToken,
    stateOf: ({ revokedAt, expiresAt }) =>
      revokedAt !== null ? 'revoked' : expiresAt <= nowS() ? 'expired' : 'active',
    async create(token, by) {
      validate(token)
      const createdAt = nowS()
      const since = await needs.issuingSince()
      if (since === undefined || createdAt < since) {
        throw new Refusal('unavailable', {
          detail: 'the API has to run once before tokens can be made',
          retryAfter: 1,
        })
      }
      const { id, text } = generateServiceToken()
      const { name, days } = token
      const scopes = SCOPES.filter((scope) => token.scopes.includes(scope))
      const networks = [...new Set(token.networks)]
      const expiresAt = createdAt + days * DAY_S
      const added = { id, name, scopes, networks, createdAt, expiresAt, hash: sha256(text) }
      if (!(await store.add({ ...added, createdBy: by.actorId }, MAX_TOKENS))) {
        throw new Refusal('conflict', {
          detail: `there are ${MAX_TOKENS} service tokens already: revoke one`,
        })
      }
      securityLog.write({ event: 'service_token_created', target: name, changes: describe(added), ...by })
      await needs.announce(added)
      const { hash: _, ...listed } = added
      return { token: { ...listed, createdBy: by.actorId, lastUsedAt: null, revokedAt: null }, text }
    },
    async list(page) {
      const [tokens, total] = await Promise.all([store.list(page), store.count()])
      return { tokens, total }
    },
    async revoke(id, by) {
      const revoked = await store.revoke(id, nowS(), by.actorId)
      if (revoked === undefined) return void (await requireToken(id))
      const { token, revocation } = revoked
      const target = token.name
      securityLog.write({ event: 'service_token_revoked', target, changes: describe(token), ...by })
      await revocationPublisher.publish(revocation)
    },
  }
}

function validate({ name, scopes, networks, days }: NewServiceToken): void {
  if (!TOKEN_NAME.test(name) || name.trim() !== name)
    throw invalidInput('name: must be 1 to 100 characters in one line')
  if (scopes.length === 0) throw invalidInput('scopes: must name one at least')
  if (!Number.isInteger(days) || days < 1 || days > MAX_TOKEN_DAYS)
    throw invalidInput(`expires_in_days: must be 1 to ${MAX_TOKEN_DAYS}`)
  if (networks.length > MAX_NETWORKS) throw invalidInput(`networks: must be ${MAX_NETWORKS} at most`)
  const unreadable = networks.find((network) => !isNetwork(network))
  if (unreadable !== undefined)
    throw invalidInput('networks: each must be like 192.0.2.0/24, 2001:db8::/32 or one address')
}

const describe = ({
  id,
  scopes,
  networks,
  expiresAt,
}: Omit<ListedServiceToken, 'createdBy' | 'lastUsedAt' | 'revokedAt'>) =>
  [
    `id=${id}`,
    `expires=${new Date(expiresAt * 1000).toISOString().slice(0, 10)}`,
    `scopes=${scopes.join(',')}`,
    `networks=${networks.length === 0 ? 'all' : networks.join(',')}`,
  ].join(' ')

export interface ServiceTokenUseNeeds {
  store: Pick<ServiceTokenStore, 'touch'>
  securityLog: SecurityLog
  now: () => number
  onError(err: unknown): void
}

/** Records the use of service tokens: that a token was used, and that it was refused for its network. */
export interface ServiceTokenUse {
  used(token: ServiceToken): void
  refused(token: ServiceToken, address: string): void
}

/** How often the use of one token is recorded, in seconds. */
const RECORD_EVERY_S = 60

export function createServiceTokenUse({
  store,
  securityLog,
  now,
  onError,
}: ServiceTokenUseNeeds): ServiceTokenUse {
  const recordedAt = new Map<string, number>()
  /** @returns whether the last time was a minute ago or more; tokens are few, so that the map stays small */
  function isDue(key: string, atS: number): boolean {
    if (atS - (recordedAt.get(key) ?? 0) < RECORD_EVERY_S) return false
    recordedAt.set(key, atS)
    return true
  }
  return {
    used({ id }) {
      const atS = toUnixSeconds(now())
      if (isDue(id, atS)) store.touch(id, atS, atS - RECORD_EVERY_S).catch(onError)
    },
    refused({ id, name }, address) {
      if (!isDue(`refused ${id}`, toUnixSeconds(now()))) return
      securityLog.write({
        event: 'service_token_refused',
        target: name,
        changes: `id=${id} reason=network`,
        actorId: serviceSubject(id),
        address,
      })
    },
  }
}
