import { timingSafeEqual } from 'node:crypto'
import { sha256 } from '../../runtime/hash.ts'
import { type PhoneSecrets, PhoneSecretsError } from '../core/auth/phone-passwords.ts'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { findExtension } from './freepbx-extensions.ts'
import { createFreepbxGql, type FreepbxAccess } from './freepbx-gql.ts'
import { createMikopbxApi, type MikopbxAccess } from './mikopbx-api.ts'
import { findNumberOwner } from './mikopbx-employees.ts'

/** Shorter than an attempt stays reserved, see `LoginAttempts`. */
const TIMEOUT_MS = 4_000

/** What a PBX shows of its phones. */
export type PhoneSecretSource = PhoneSecrets & { close(): Promise<void> }

type Access = ({ kind: 'freepbx' } & FreepbxAccess) | ({ kind: 'mikopbx' } & MikopbxAccess)

/**
 * Compares a secret with the one that the PBX's own API shows for an extension. It is fetched for each check and never
 * stored.
 * @param now unix ms
 */
export function createPhoneSecretSource(
  access: Access,
  now: () => number,
  timeoutMs: number = TIMEOUT_MS,
): PhoneSecretSource {
  const { secretOf, close } =
    access.kind === 'freepbx' ? openFreepbx(access, now, timeoutMs) : openMikopbx(access, now, timeoutMs)
  return {
    async matches(extension, secret) {
      const stored = await secretOf(extension, AbortSignal.timeout(timeoutMs)).catch((err) => {
        const isExpected = err instanceof ProvisioningError
        throw new PhoneSecretsError(isExpected ? err.message : 'the PBX did not answer', { cause: err })
      })
      if (stored === undefined || stored === '') return false
      // Of equal length, as the comparison requires.
      return timingSafeEqual(Buffer.from(sha256(stored)), Buffer.from(sha256(secret)))
    },
    close,
  }
}

interface OpenedSource {
  /** @returns undefined for an extension without a phone @throws {ProvisioningError} */
  secretOf(extension: string, signal: AbortSignal): Promise<string | undefined>
  close(): Promise<void>
}

function openFreepbx(access: FreepbxAccess, now: () => number, timeoutMs: number): OpenedSource {
  const gql = createFreepbxGql(access, timeoutMs, now)
  return {
    secretOf: async (extension, signal) => (await findExtension(gql, extension, signal))?.secret,
    close: () => gql.close(),
  }
}

function openMikopbx(access: MikopbxAccess, now: () => number, timeoutMs: number): OpenedSource {
  const api = createMikopbxApi(access, timeoutMs, now)
  return {
    async secretOf(extension, signal) {
      const owner = await findNumberOwner(api, extension, signal)
      return owner?.kind === 'employee' ? owner.secret : undefined
    },
    close: () => api.close(),
  }
}
