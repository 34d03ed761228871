import type { Role } from '../../../contract/claims.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { NewPasswords } from '../auth/new-passwords.ts'
import type { RateLimiter } from '../auth/rate-limiter.ts'
import type { User, UserStore } from '../auth/users.ts'
import type { CallCenterActor } from '../call-center/agents/call-center-actor.ts'
import { Refusal } from '../refusal.ts'
import { networkOf } from '../values/network.ts'
import { type PendingRegistration, requireMail } from './email-registration.ts'
import { hashToken, type Invitation, newInvitation } from './invitations.ts'
import type { QueuedMail } from './outbox.ts'
import { type RegistrationMode, requireNotClosed } from './registration-mode.ts'
import { describeConflict, requireOwnName } from './username.ts'

/** Times are unix seconds. */
export interface EmailInvitationStore {
  /** Stores the invitation and queues its mail in one transaction. */
  addWithMail(invitation: Invitation, recipient: string): Promise<void>
  /**
   * Replaces the hash of an invitation by that of the token in its mail.
   * @returns undefined if the invitation is used or expired
   */
  replaceHash(mail: QueuedMail, hash: string, now: number): Promise<Invitation | undefined>
  /** @returns undefined also if it is used or expired */
  find(hash: string, now: number): Promise<Invitation | undefined>
  /**
   * Creates user and agent and consumes the invitation in one transaction: of two concurrent calls one succeeds.
   * @returns undefined if the invitation is used or expired
   * @throws {Refusal} `taken` with `detail` as `UserStore.add`: the invitation stays usable
   */
  accept(hash: string, account: PendingRegistration, now: number): Promise<User | undefined>
}

export interface InviteInput {
  email: string
  role: Role
  team?: string | undefined
  days: number
}

/** Shown to every client that has the token. */
export interface InvitationSummary {
  /** Null: the invited person names an address. */
  email: string | null
  role: Role
  team: string | null
  /** That the account will have; null: the invitation gives none. */
  extension: string | null
  invitedBy: string | null
  expiresAt: number
}

export interface EmailInvitations {
  /** @throws {Refusal} `forbidden`, `not_supported`, `taken` */
  invite(actor: CallCenterActor, input: InviteInput): Promise<InvitationSummary>
  /** @throws {Refusal} `not_found` */
  find(token: string): Promise<InvitationSummary>
  /**
   * @param request `email` if the invitation names none; `address` is the client's network address
   * @throws {Refusal} `forbidden`, `throttled`, `not_found`, `input_invalid`, `taken`, `unavailable`
   */
  accept(request: AcceptRequest): Promise<User>
}

export interface AcceptRequest {
  token: string
  username: string
  password: string
  name: string
  email?: string | undefined
  address: string
}

export interface EmailInvitationsNeeds {
  mode: RegistrationMode
  hasMail: boolean
  store: EmailInvitationStore
  users: Pick<UserStore, 'find' | 'findByLogin'>
  passwords: Pick<NewPasswords, 'hash'>
  throttle: Pick<RateLimiter, 'consume'>
  now: () => number
}

export function createEmailInvitations(needs: EmailInvitationsNeeds): EmailInvitations {
  const { store, users } = needs
  const nowS = () => toUnixSeconds(needs.now())

  async function toSummary({
    email,
    role,
    team,
    extension,
    createdBy,
    expiresAt,
  }: Invitation): Promise<InvitationSummary> {
    const inviter = createdBy === null ? undefined : await users.find(createdBy)
    const invitedBy = inviter?.username ?? null
    return { email, role: role ?? 'user', team, extension, invitedBy, expiresAt }
  }

  async function requireInvitation(token: string): Promise<Invitation> {
    const invitation = await store.find(hashToken(token), nowS())
    if (invitation === undefined) throw invalidInvitation()
    return invitation
  }

  return {
    async invite(actor, { email, role, team, days }) {
      requireNotClosed(needs.mode)
      const allowedTeam = resolveTeam(actor, role, team)
      requireMail(needs.hasMail)
      if ((await users.findByLogin(email)) !== undefined)
        throw new Refusal('taken', { detail: 'This address has an account already' })
      // This token is discarded: the mail is rendered with another one, see `replaceHash`.
      const { invitation } = newInvitation(
        { email, role, team: allowedTeam, createdBy: actor.userId, days },
        nowS(),
      )
      await store.addWithMail(invitation, email)
      return toSummary(invitation)
    },

    find: async (token) => toSummary(await requireInvitation(token)),

    async accept({ token, username, password, name, email, address }) {
      requireNotClosed(needs.mode)
      await needs.throttle.consume(address)
      const invitation = await requireInvitation(token)
      const resolvedEmail = invitation.email ?? email
      if (resolvedEmail === undefined) {
        throw new Refusal('input_invalid', { detail: 'This invitation names no address: send email along' })
      }
      requireOwnName(username, resolvedEmail)
      const owner = { username, email: resolvedEmail, displayName: name, extension: invitation.extension }
      const passwordHash = await needs.passwords.hash(password, owner, networkOf(address))
      const account = { username, email: resolvedEmail, name, passwordHash }
      const user = await store.accept(invitation.hash, account, nowS()).catch(describeConflict)
      if (user === undefined) throw invalidInvitation()
      return user
    },
  }
}

/**
 * Admins may invite into any role and team, supervisors only users into their own team.
 * @throws {Refusal} `forbidden`
 */
function resolveTeam({ scope }: CallCenterActor, role: Role, team: string | undefined): string | null {
  if (scope.sees === 'all') return team ?? null
  const isOwn = scope.sees === 'team' && role === 'user' && (team ?? scope.team) === scope.team
  if (!isOwn) throw new Refusal('forbidden')
  return scope.team
}

const invalidInvitation = () => new Refusal('not_found', { detail: 'Invalid or expired invitation' })
