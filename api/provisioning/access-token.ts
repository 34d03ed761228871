import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { inTime } from './retry.ts'

export interface AccessToken {
  /** @throws {ProvisioningError} `denied` when our credentials are not taken */
  get(signal: AbortSignal): Promise<string>
  /** The PBX no longer takes it; another one that came meanwhile stays. */
  drop(token: string): void
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
const REFUSED_MS = 60_000

/** One token for all requests, fetched once however many need it. */
export function createAccessToken({ fetch, now }: AccessTokenNeeds): AccessToken {
  let kept: { token: string; until: number } | undefined
  let refused: { err: ProvisioningError; until: number } | undefined
  let coming: Promise<string> | undefined

  async function renew(): Promise<string> {
    try {
      const { token, expiresIn } = await fetch()
      kept = { token, until: now() + expiresIn * 1000 - MARGIN_MS }
      return token
    } catch (err) {
      if (err instanceof ProvisioningError && err.code === 'denied') {
        refused = { err, until: now() + REFUSED_MS }
      }
      throw err
    } finally {
      coming = undefined
    }
  }

  return {
    async get(signal) {
      if (kept !== undefined && now() < kept.until) return kept.token
      if (refused !== undefined && now() < refused.until) throw refused.err
      coming ??= renew()
      return inTime(signal, coming)
    },
    drop(token) {
      if (kept?.token === token) kept = undefined
    },
  }
}
