/**
 * Creates SIP extensions on a PBX. Both operations are idempotent: after a crash this or another process may repeat
 * them.
 */
export interface Provisioner {
  /** For operators: `asterisk`, `freepbx`, `mikopbx`. */
  readonly name: string
  /**
   * Creates the extension, or finds the one that an earlier attempt has created with the same ownership tag. A phone
   * can register at once.
   * @throws {ProvisioningError} `taken` if the extension exists and is not ours
   */
  provision(spec: ExtensionSpec): Promise<ProvisionedExtension>
  /**
   * Removes the extension; a missing one is not an error. The ownership tag and the secret show whether it is ours.
   * @throws {ProvisioningError} `taken` if it is not ours
   */
  remove(extension: string, spec: Pick<ExtensionSpec, 'ownershipTag' | 'secret'>): Promise<void>
}

export interface ExtensionSpec {
  /** Digits, within the configured range. */
  extension: string
  /** A proposal: a PBX that generates secrets returns its own. */
  secret: string
  displayName: string
  /** Undefined if the user has none that the PBX can store. */
  email: string | undefined
  /** Unique per registration, `[A-Za-z0-9_-]{1,40}`; marks the extension as ours on the PBX. */
  ownershipTag: string
}

export interface ProvisionedExtension {
  extension: string
  /** User name of SIP authentication; may differ from the extension. */
  authUsername: string
  secret: string
}

/**
 * - `unreachable` no connection, or a timeout: the result is unknown, retry later
 * - `unauthorized` the PBX rejects our credentials or permissions: an operator must fix it
 * - `taken` the extension exists and is not ours: use another number
 * - `refused` permanently rejected; the message is the PBX's own, without secrets
 * - `unconfirmed` the PBX reported success but does not show the result: check again
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
