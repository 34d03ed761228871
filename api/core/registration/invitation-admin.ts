import type { Role } from '../../../contract/claims.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { ChangedBy } from '../auth/account-admin.ts'
import type { SecurityLog } from '../auth/security-log.ts'
import type { UserStore } from '../auth/users.ts'
import { type ExtensionRules, requireDialableExtension } from '../dial-policy/dialable-extension.ts'
import { Refusal } from '../refusal.ts'
import { requireMail } from './email-registration.ts'
import { hashToken, type Invitation, newInvitation } from './invitations.ts'
import { newLinkToken } from './link-token.ts'
import { type RegistrationMode, requireNotClosed } from './registration-mode.ts'

/** Unused and unexpired, used, or neither. */
export const INVITATION_STATES = ['pending', 'accepted', 'expired'] as const
export type InvitationState = (typeof INVITATION_STATES)[number]

export interface InvitationFilter {
  state?: InvitationState | undefined
}
export type InvitationCursor = Pick<Invitation, 'createdAt' | 'id'>

/** Times are unix seconds. */
export interface InvitationAdminStore {
  add(invitation: Invitation): Promise<void>
  /** Stores the invitation and queues its mail in one transaction. */
  addWithMail(invitation: Invitation, recipient: string): Promise<void>
  find(id: string): Promise<Invitation | undefined>
  /** Newest first. */
  search(
    filter: InvitationFilter,
    now: number,
    page: { after?: InvitationCursor; limit: number },
  ): Promise<Invitation[]>
  countMatching(filter: InvitationFilter, now: number): Promise<number>
  /**
   * Replaces hash and expiry, and queues a mail to `recipient` in the same transaction, in place of one that waits.
   * @returns undefined if the invitation is used or gone
   */
  renew(
    id: string,
    next: { hash: string; expiresAt: number; now: number; recipient: string | undefined },
  ): Promise<Invitation | undefined>
  /** @returns the invitation; undefined if it is used or gone */
  cancel(id: string): Promise<Invitation | undefined>
}

export interface InvitationRequest {
  /** The only address that may use it; null: any address. */
  email: string | null
  /** Null: a user. */
  role?: Role | null | undefined
  team?: string | null | undefined
  extension?: string | null | undefined
  /** Until it expires. */
  days: number
  /** `mail`: we mail it to the address. `link`: the administrator hands it over. */
  deliver: 'mail' | 'link'
}

/** What an administrator does with invitations, over HTTP or on the command line. The security log gets each of these. */
export interface InvitationAdmin {
  /**
   * @returns the token of an invitation that is not mailed: it is shown once
   * @throws {Refusal} `forbidden` if registration is closed, `input_invalid`, `taken`, `not_supported` without mail
   */
  create(request: InvitationRequest, by: ChangedBy): Promise<SentInvitation>
  /**
   * Makes a new token, so that an earlier one is invalid, and starts its days again.
   * @throws {Refusal} `not_found`, `conflict` if it is used, `taken`, `not_supported`
   */
  resend(id: string, by: ChangedBy, deliver?: InvitationRequest['deliver']): Promise<SentInvitation>
  /** @throws {Refusal} `not_found`, `conflict` if it is used */
  cancel(id: string, by: ChangedBy): Promise<void>
  list(
    filter: InvitationFilter,
    page: { after?: InvitationCursor; limit: number },
  ): Promise<{ invitations: Invitation[]; total: number }>
  stateOf(invitation: Invitation): InvitationState
}

export interface SentInvitation {
  invitation: Invitation
  token: string | undefined
}

export interface InvitationAdminNeeds {
  store: InvitationAdminStore
  users: Pick<UserStore, 'findByLogin'>
  mode: RegistrationMode
  hasMail: boolean
  policy: () => ExtensionRules
  securityLog: SecurityLog
  now: () => number
}

export function createInvitationAdmin(needs: InvitationAdminNeeds): InvitationAdmin {
  const { store, users, securityLog } = needs
  const nowS = () => toUnixSeconds(needs.now())

  const logEvent = (
    event: 'invitation_created' | 'invitation_sent_again' | 'invitation_cancelled',
    { email, role, extension }: Invitation,
    by: ChangedBy,
  ) =>
    securityLog.write({
      event,
      target: email ?? 'any address',
      changes: `role=${role ?? 'user'} extension=${extension ?? 'none'}`,
      ...by,
    })

  /** @throws {Refusal} `taken` */
  async function requireUnused(name: string | null, detail: 'email' | 'extension'): Promise<void> {
    if (name !== null && (await users.findByLogin(name)) !== undefined) throw new Refusal('taken', { detail })
  }

  function requireDeliverable(deliver: InvitationRequest['deliver'], email: string | null): void {
    if (deliver === 'link') return
    if (email === null) throw new Refusal('input_invalid', { detail: 'email: a mail needs an address' })
    requireMail(needs.hasMail)
  }

  /** @throws {Refusal} `not_found`, `conflict` */
  async function requireUnaccepted(id: string): Promise<Invitation> {
    const invitation = await store.find(id)
    if (invitation === undefined) throw new Refusal('not_found', { detail: 'no such invitation' })
    if (invitation.usedAt !== null) throw accepted()
    return invitation
  }

  return {
    async create({ email, role = null, team = null, extension = null, days, deliver }, by) {
      requireNotClosed(needs.mode)
      requireDeliverable(deliver, email)
      if (extension !== null) requireDialableExtension(extension, needs.policy())
      await requireUnused(email, 'email')
      await requireUnused(extension, 'extension')
      const grant = { email, role, team, extension, days, createdBy: by.actorId }
      const { token, invitation } = newInvitation(grant, nowS())
      if (deliver === 'mail' && email !== null) await store.addWithMail(invitation, email)
      else await store.add(invitation)
      logEvent('invitation_created', invitation, by)
      return { invitation, token: deliver === 'link' ? token : undefined }
    },

    async resend(id, by, deliver) {
      const { email, createdAt, expiresAt } = await requireUnaccepted(id)
      const how = deliver ?? (email !== null && needs.hasMail ? 'mail' : 'link')
      requireNotClosed(needs.mode)
      requireDeliverable(how, email)
      await requireUnused(email, 'email')
      const token = newLinkToken('inv')
      const now = nowS()
      const renewed = await store.renew(id, {
        hash: hashToken(token),
        expiresAt: now + (expiresAt - createdAt),
        now,
        recipient: how === 'mail' ? (email ?? undefined) : undefined,
      })
      if (renewed === undefined) throw accepted()
      logEvent('invitation_sent_again', renewed, by)
      return { invitation: renewed, token: how === 'link' ? token : undefined }
    },

    async cancel(id, by) {
      await requireUnaccepted(id)
      const cancelled = await store.cancel(id)
      if (cancelled === undefined) throw accepted()
      logEvent('invitation_cancelled', cancelled, by)
    },

    async list(filter, page) {
      const now = nowS()
      const [invitations, total] = await Promise.all([
        store.search(filter, now, page),
        store.countMatching(filter, now),
      ])
      return { invitations, total }
    },

    stateOf: ({ usedAt, expiresAt }) =>
      usedAt !== null ? 'accepted' : expiresAt > nowS() ? 'pending' : 'expired',
  }
}

const accepted = () =>
  new Refusal('conflict', { detail: 'this invitation is used already: change the user instead' })
