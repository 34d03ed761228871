/**
 * Where SIP extensions come from: a PBX that makes them. Every deed may be asked for again after it was cut
 * short, by this process or another: what is done already is no fault, and nothing is made twice.
 */
export interface Provisioner {
  /** What operators call it: `asterisk`, `freepbx`, `mikopbx`. */
  readonly name: string
  /**
   * Makes the extension with which a phone can register at once, or finds it made by an earlier try for the
   * same `mark`.
   * @throws {ProvisioningError} `taken` when it is somebody else's
   */
  provision(spec: ExtensionSpec): Promise<ProvisionedExtension>
  /**
   * Takes it away; one that is not there is no fault. It may never have been made, and somebody else may have
   * got the number meanwhile: what it was ordered with tells.
   * @throws {ProvisioningError} `taken` when it is somebody else's
   */
  remove(extension: string, spec: Pick<ExtensionSpec, 'ownershipTag' | 'secret'>): Promise<void>
}

export interface ExtensionSpec {
  /** Digits, of the configured range. */
  extension: string
  /** Proposed; a PBX that makes its own says so in its answer. */
  secret: string
  displayName: string
  /** Undefined where there is none that the PBX could keep: the extension is made without. */
  email: string | undefined
  /** Unique to the registration it is for, `[A-Za-z0-9_-]{1,40}`: tells our own from others' on the PBX. */
  ownershipTag: string
}

export interface ProvisionedExtension {
  extension: string
  /** What the phone must send as its user name, which need not be the extension. */
  authUsername: string
  secret: string
}

/**
 * - `away` the PBX cannot be reached, or is too slow: nothing is known, try again later
 * - `denied` it does not take our credentials, or they may not do this: an operator must mend it
 * - `taken` the extension is somebody else's: try another
 * - `refused` it says no for a reason that will not change by itself; the message is its own, without secrets
 * - `unconfirmed` it said yes, and what it said is not there: to be looked at again
 */
export type ProvisioningErrorCode = 'unreachable' | 'unauthorized' | 'taken' | 'refused' | 'unconfirmed'

export class ProvisioningError extends Error {
  override name = 'ProvisioningError'
  readonly code: ProvisioningErrorCode

  constructor(code: ProvisioningErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}
