import { type ProviderIdentity, SignInFailure } from '../core/auth/providers/identity-provider.ts'

/** Which claims of the provider hold what; a dot leads into an object, as in `realm_access.roles`. */
export interface ClaimNames {
  username: string
  email: string
  displayName: string
  extension: string | undefined
  groups: string
}

const MAX_GROUPS = 2_000

/** @throws {SignInFailure} `refused` without a usable `sub` */
export function toIdentity(claims: Readonly<Record<string, unknown>>, names: ClaimNames): ProviderIdentity {
  const subject = claimText(claims.sub)
  if (subject === null) throw new SignInFailure('refused', 'the provider gave no usable sub')
  const text = (name: string | undefined) => (name === undefined ? null : looseText(readClaim(claims, name)))
  const groups = readClaim(claims, names.groups)
  return {
    subject,
    sessionId: claimText(claims.sid),
    username: text(names.username),
    // Anything but `true` is no proof, such as the text "true" of a claim that the person may have written.
    email: claims.email_verified === true ? text(names.email) : null,
    displayName: text(names.displayName),
    extension: text(names.extension),
    groups: (Array.isArray(groups) ? groups : [groups])
      .slice(0, MAX_GROUPS)
      .filter((group) => typeof group === 'string'),
  }
}

/** An identifier of the provider, compared as it is; null unless it is printable ASCII of at most 255 characters. */
export const claimText = (value: unknown): string | null =>
  typeof value === 'string' && /^[\x21-\x7e]{1,255}$/.test(value) ? value : null

const looseText = (value: unknown): string | null =>
  typeof value === 'string' ? value : Number.isSafeInteger(value) ? String(value) : null

/** The claim of that whole name, such as `https://example.org/groups`, or else the path of its parts. */
function readClaim(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let value: unknown = claims
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string, unknown>)[part] // an object, as checked
  }
  return value
}
