import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { withAbort } from './retry.ts'

export interface AccessToken {
  /** @throws {ProvisioningError} `denied` when our credentials are not taken */
  get(signal: AbortSignal): Promise<string>
  /** The PBX no longer takes it; another one that came meanwhile stays. */
  invalidate(token: string): void
}

export interface AccessTokenNeeds {
  /** Asks the PBX for a new one. @returns its life in seconds as well */
  fetch(): Promise<{ token: string; expiresIn: number }>
  /** Milliseconds. */
  now: () => number
}

/** Not used in its last minute: it must still be good when it arrives. */
const MARGIN_MS = 60_000
/** PBXs lock out addresses that guess, so a refusal stands for a while without asking. */
const REJECTED_MS = 60_000

/** One token for all requests, fetched once however many need it. */
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
