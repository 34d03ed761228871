import type { Extension } from './extensions.ts'

/** A second password of an extension, under a name of its own on the PBX. */
export interface EphemeralSecret {
  /** Begins with the extension; letters, digits and `-`. */
  id: string
  secret: string
}

/**
 * A PBX that takes more than one password for an extension. Every deed may be asked for again after it was cut
 * short. Of one extension only one deed may run at a time: whoever asks sees to that. Each is over, or has given
 * up, within `LENDING_MS`. All throw {ProvisioningError}, `taken` where the extension is not ours.
 */
export interface CredentialProvisioner {
  /** From then on a phone can register with it, too. */
  add(extension: Pick<Extension, 'extension' | 'ownershipTag'>, credential: EphemeralSecret): Promise<void>
  /**
   * From then on none can; one that is not there is no fault.
   * @param disconnectBrowsers whether browsers that are registered are to be forgotten as well. Which password one came
   *   with the PBX does not tell: it is all of them, and never a desk phone.
   */
  remove(
    extension: Pick<Extension, 'extension' | 'ownershipTag'>,
    id: EphemeralSecret['id'],
    disconnectBrowsers: boolean,
  ): Promise<void>
}

export const CREDENTIAL_TIMEOUT_MS = 5_000
