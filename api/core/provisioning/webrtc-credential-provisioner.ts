import type { Extension } from './extensions.ts'

/** An additional password of an extension's browsers, with its own id on the PBX. */
export interface EphemeralSecret {
  /** Begins with the extension; letters, digits and `-`. */
  id: string
  secret: string
}

/**
 * A PBX where the browsers of an extension have an endpoint of their own, which accepts several passwords. The desk
 * phone's password is none of them. Both operations are idempotent and end within `CREDENTIAL_TIMEOUT_MS`. The caller
 * runs at most one per extension at a time. Both throw {ProvisioningError}, `taken` if the extension is not ours.
 */
export interface CredentialProvisioner {
  /** The SIP user name of the browsers, also for authentication. */
  usernameOf(extension: string): string
  /** Afterwards a browser can register with it. */
  add(extension: Pick<Extension, 'extension' | 'ownershipTag'>, credential: EphemeralSecret): Promise<void>
  /**
   * Afterwards no browser can register with it; a missing one is not an error.
   * @param disconnectBrowsers also ends the registrations of all browsers of the extension, as the PBX does not
   *   show which password a browser used; never those of desk phones
   */
  remove(
    extension: Pick<Extension, 'extension' | 'ownershipTag'>,
    id: EphemeralSecret['id'],
    disconnectBrowsers: boolean,
  ): Promise<void>
}

export const CREDENTIAL_TIMEOUT_MS = 5_000
