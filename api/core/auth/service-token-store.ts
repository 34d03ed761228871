import type { ServiceToken } from '../../../contract/service-token.ts'
import type { RevocationRecord } from './revocations.ts'

/** A service token as administrators see it. Times are unix seconds. */
export interface ListedServiceToken extends Omit<ServiceToken, 'hash'> {
  /** Id of a user, or `cli`. */
  createdBy: string
  /** By a request that the API served; to the minute. */
  lastUsedAt: number | null
  revokedAt: number | null
}

/** The next page of a list begins after this token. */
export type ServiceTokenCursor = Pick<ServiceToken, 'createdAt' | 'id'>

/** A token as the log of revocations gets it: as in force, or as revoked. */
export type AnnouncedServiceToken = ServiceToken & { isRevoked: boolean }

export interface ServiceTokenStore {
  /**
   * @param max tokens in force; beyond this none is added
   * @returns false if there are as many already
   * @throws {Refusal} `token_revoked` unless the actor is an administrator who can log in
   */
  add(token: ServiceToken & { createdBy: string }, max: number): Promise<boolean>
  find(id: string): Promise<ListedServiceToken | undefined>
  /** Newest first. */
  list(page: { after?: ServiceTokenCursor; limit: number }): Promise<ListedServiceToken[]>
  count(): Promise<number>
  /**
   * Revokes a token and, in the same transaction, inserts its revocation.
   * @returns undefined if it is unknown, was revoked before, or has expired
   * @throws {Refusal} `token_revoked` unless the actor is an administrator who can log in
   */
  revoke(
    id: string,
    atS: number,
    actorId: string,
  ): Promise<{ token: ListedServiceToken; revocation: RevocationRecord } | undefined>
  /** Records a use, if the last recorded one is before `notSinceS`. */
  touch(id: string, atS: number, notSinceS: number): Promise<void>
  /** Tokens that have not expired and were last announced before `beforeS`, by id, a page at a time. */
  listAnnounceable(
    nowS: number,
    page: { beforeS: number; afterId?: string; limit: number },
  ): Promise<AnnouncedServiceToken[]>
  markAnnounced(ids: readonly string[], atS: number): Promise<void>
  /** Deletes tokens that expired before `beforeS`. */
  purge(beforeS: number): Promise<void>
}
