import { type ExtensionSpec, ProvisioningError } from '../core/provisioning/provisioner.ts'
import { toDeliverableAddress } from '../core/values/email.ts'

/**
 * Address as in a mailbox's line of voicemail.conf, without what ends a field or means something to a shell there,
 * and in ASCII: PBXs check an address by patterns that know nothing else.
 */
const PBX_EMAIL = /^[\w.+-]{1,64}@[A-Za-z0-9.-]{1,190}$/

/** The address as a PBX can keep it; undefined where it cannot: then the extension is made without. */
export function toPbxEmail(email: string): string | undefined {
  const address = toDeliverableAddress(email)
  return PBX_EMAIL.test(address) ? address : undefined
}

/** @throws {ProvisioningError} `refused` for an order that no PBX must see */
export function validateSpec({ extension, email, ownershipTag }: ExtensionSpec): void {
  validateExtension(extension)
  if (email !== undefined && !PBX_EMAIL.test(email))
    throw new ProvisioningError('refused', 'the mail address cannot be given to a PBX')
  if (!/^[A-Za-z0-9_-]{1,40}$/.test(ownershipTag))
    throw new ProvisioningError('refused', 'the mark is not one')
}

export function validateExtension(extension: string): void {
  if (!/^\d{2,8}$/.test(extension))
    throw new ProvisioningError('refused', 'the extension is not 2 to 8 digits')
}

/**
 * A name as phones may show it: letters, digits and a few signs that mean nothing in a configuration file.
 * @param fallback what stands for a name of which nothing is left
 */
export function sanitizeName(name: string, fallback: string, maxBytes: number): string {
  const allowed = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N} .'@+_-]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
  let short = ''
  for (const letter of allowed) {
    if (Buffer.byteLength(short + letter) > maxBytes) break
    short += letter
  }
  return short.trim() || fallback
}
