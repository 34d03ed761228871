import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { withAbort } from './retry.ts'

export interface AccessToken {
  /** @throws {ProvisioningError} `unauthorized` if the PBX rejects our credentials */
  get(signal: AbortSignal): Promise<string>
  /** Drops this token from the cache, after the PBX has rejected it. A newer token stays. */
  invalidate(token: string): void
}

export interface AccessTokenNeeds {
  /** Requests a new token from the PBX. @returns `expiresIn` in seconds */
  fetch(): Promise<{ token: string; expiresIn: number }>
  /** Milliseconds. */
  now: () => number
}

/** A token is not used in its last minute, as it must still be valid when the request arrives. */
const MARGIN_MS = 60_000
/** PBXs lock out addresses that send wrong credentials, so a rejection is cached. */
const REJECTED_MS = 60_000

/** Caches one token for all requests. Concurrent callers share one request for it. */
export function createAccessToken({ fetch, now }: AccessTokenNeeds): AccessToken {
  let cached: { token: string; until: number } | undefined
  let rejection: { err: ProvisioningError; until: number } | undefined
  let pending: Promise<string> | undefined

  async function renew(): Promise<string> {
    try {
      const { token, expiresIn } = await fetch()
      cached = { token, until: now() + expiresIn * 1000 - MARGIN_MS }
      return token
    } catch (err) {
      if (err instanceof ProvisioningError && err.code === 'unauthorized') {
        rejection = { err, until: now() + REJECTED_MS }
      }
      throw err
    } finally {
      pending = undefined
    }
  }

  return {
    async get(signal) {
      if (cached !== undefined && now() < cached.until) return cached.token
      if (rejection !== undefined && now() < rejection.until) throw rejection.err
      pending ??= renew()
      return withAbort(signal, pending)
    },
    invalidate(token) {
      if (cached?.token === token) cached = undefined
    },
  }
}
