import { type ExtensionSpec, ProvisioningError } from '../core/provisioning/provisioner.ts'
import { toDeliverableAddress } from '../core/values/email.ts'
import { PHONE_EXTENSION } from '../core/values/extension.ts'

/**
 * Mail address that is safe in a line of voicemail.conf: no field separators, no shell characters, and ASCII only, as
 * PBXs reject other addresses.
 */
const PBX_EMAIL = /^[\w.+-]{1,64}@[A-Za-z0-9.-]{1,190}$/

/** @returns the address for the PBX; undefined if the PBX cannot store it: the extension is then created without one */
export function toPbxEmail(email: string): string | undefined {
  const address = toDeliverableAddress(email)
  return PBX_EMAIL.test(address) ? address : undefined
}

/** @throws {ProvisioningError} `refused` for values that must not reach a PBX */
export function validateSpec({ extension, email, ownershipTag }: ExtensionSpec): void {
  validateExtension(extension)
  if (email !== undefined && !PBX_EMAIL.test(email))
    throw new ProvisioningError('refused', 'the mail address cannot be given to a PBX')
  if (!/^[A-Za-z0-9_-]{1,40}$/.test(ownershipTag))
    throw new ProvisioningError('refused', 'the ownership tag is not 1 to 40 letters, digits, _ or -')
}

export function validateExtension(extension: string): void {
  if (!PHONE_EXTENSION.test(extension))
    throw new ProvisioningError('refused', 'the extension is not 2 to 8 digits')
}

/**
 * A display name with letters, digits and a few signs that have no meaning in configuration files.
 * @param fallback used if no character of the name is left
 * @param maxBytes of the result in UTF-8
 */
export function sanitizeName(name: string, fallback: string, maxBytes: number): string {
  const allowed = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N} .'@+_-]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
  let short = ''
  for (const char of allowed) {
    if (Buffer.byteLength(short + char) > maxBytes) break
    short += char
  }
  return short.trim() || fallback
}
