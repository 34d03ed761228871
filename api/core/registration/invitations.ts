import type { Role } from '../../../contract/claims.ts'
import { sha256 } from '../../../runtime/hash.ts'
import { DAY_S } from '../../../runtime/time.ts'
import { newId } from '../auth/tokens.ts'
import { newLinkToken } from './link-token.ts'

/** An invitation allows one account to be created. Times are unix seconds. */
export interface Invitation {
  /** For administrators. Unlike the hash it stays the same. */
  id: string
  /** `hashToken` of its token; the token itself is not stored. */
  hash: string
  /** The only address that may use it; null: any address. */
  email: string | null
  /** Role and team in the call center; null: a user, without a team. */
  role: Role | null
  team: string | null
  /** The extension of the account; null: none, or one of the range where the PBX makes extensions. */
  extension: string | null
  createdBy: string | null
  createdAt: number
  expiresAt: number
  usedAt: number | null
}

export interface InvitationStore {
  add(invitation: Invitation): Promise<void>
  /** Whether it exists, is unused, unexpired and for this address. `ExtensionStore.reserve` consumes it. */
  isValidFor(hash: string, email: string, now: number): Promise<boolean>
}

type NewInvitation = Pick<Invitation, 'email' | 'createdBy'> &
  Partial<Pick<Invitation, 'role' | 'team' | 'extension'>> & {
    /** Until it expires. */
    days: number
  }

export function newInvitation(
  { email, role = null, team = null, extension = null, createdBy, days }: NewInvitation,
  createdAt: number,
): { token: string; invitation: Invitation } {
  const token = newLinkToken('inv')
  const expiresAt = createdAt + days * DAY_S
  const grant = { email, role, team, extension, createdBy }
  return {
    token,
    invitation: { id: newId(), hash: hashToken(token), ...grant, createdAt, expiresAt, usedAt: null },
  }
}

/** SHA-256: a token has 192 random bits, so a slow password hash is not needed. */
export const hashToken = (token: string): string => sha256(token)
