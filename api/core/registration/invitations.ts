import type { Role } from '../../../contract/claims.ts'
import { sha256 } from '../../../runtime/hash.ts'
import { DAY_S, toUnixSeconds } from '../../../runtime/time.ts'
import { newLinkToken } from './link-token.ts'

/** An invitation allows one account to be created. Times are unix seconds. */
export interface Invitation {
  /** `hashToken` of its token; the token itself is not stored. */
  hash: string
  /** The only address that may use it; null: any address. */
  email: string | null
  /** Role and team in the call center; null: a user, without a team. */
  role: Role | null
  team: string | null
  createdBy: string | null
  createdAt: number
  expiresAt: number
  usedAt: number | null
}

export interface InvitationStore {
  add(invitation: Invitation): Promise<void>
  /** Whether it exists, is unused, unexpired and for this address. `ExtensionStore.reserve` consumes it. */
  isValidFor(hash: string, email: string, now: number): Promise<boolean>
  /** Unused and unexpired, newest first. */
  listOpen(now: number): Promise<Invitation[]>
}

export interface Invitations {
  /** @returns the token, which is shown once */
  invite(input: NewInvitation): Promise<{ invitation: string; expiresAt: number }>
  listOpen(): Promise<Invitation[]>
}

export function createInvitations(store: InvitationStore, now: () => number): Invitations {
  const nowS = () => toUnixSeconds(now())
  return {
    async invite(input) {
      const { token, invitation } = newInvitation(input, nowS())
      await store.add(invitation)
      return { invitation: token, expiresAt: invitation.expiresAt }
    },
    listOpen: () => store.listOpen(nowS()),
  }
}

type NewInvitation = Pick<Invitation, 'email' | 'createdBy'> &
  Partial<Pick<Invitation, 'role' | 'team'>> & {
    /** Until it expires. */
    days: number
  }

export function newInvitation(
  { email, role = null, team = null, createdBy, days }: NewInvitation,
  createdAt: number,
): { token: string; invitation: Invitation } {
  const token = newLinkToken('inv')
  const expiresAt = createdAt + days * DAY_S
  const hash = hashToken(token)
  return { token, invitation: { hash, email, role, team, createdBy, createdAt, expiresAt, usedAt: null } }
}

/** SHA-256: a token has 192 random bits, so a slow password hash is not needed. */
export const hashToken = (token: string): string => sha256(token)
