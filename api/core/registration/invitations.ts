import type { Role } from '../../../contract/claims.ts'
import { sha256 } from '../../../runtime/hash.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import { newLinkToken } from './link-token.ts'

/** An invitation lets one person make one account. Times are unix seconds. */
export interface Invitation {
  /** SHA-256 of its text, base64url: the text itself is kept nowhere. */
  hash: string
  /** The only address that may use it; anybody's where null. */
  email: string | null
  /** What whoever uses it becomes in the call centre: a user where null, and without a team where null. */
  role: Role | null
  team: string | null
  createdBy: string | null
  createdAt: number
  expiresAt: number
  usedAt: number | null
}

export interface InvitationStore {
  add(invitation: Invitation): Promise<void>
  /** Whether it is there, unused, unexpired, and for this address. `ExtensionStore.reserve` uses it up. */
  isValidFor(hash: string, email: string, now: number): Promise<boolean>
  /** Those that can still be used, the newest first. */
  listOpen(now: number): Promise<Invitation[]>
}

export interface Invitations {
  /** @returns its text, shown once */
  invite(
    to: Pick<Invitation, 'email' | 'createdBy'> &
      Partial<Pick<Invitation, 'role' | 'team'>> & { days: number },
  ): Promise<{ invitation: string; expiresAt: number }>
  listOpen(): Promise<Invitation[]>
}

export function createInvitations(store: InvitationStore, now: () => number): Invitations {
  const nowS = () => toUnixSeconds(now())
  return {
    async invite({ email, role = null, team = null, days, createdBy }) {
      const invitation = newLinkToken('inv')
      const createdAt = nowS()
      const expiresAt = createdAt + days * 86_400
      const hash = hashToken(invitation)
      await store.add({ hash, email, role, team, createdBy, createdAt, expiresAt, usedAt: null })
      return { invitation, expiresAt }
    },
    listOpen: () => store.listOpen(nowS()),
  }
}

/** 192 random bits need no slow hash. */
export const hashToken = (token: string): string => sha256(token)
