import type { Role } from '../../../contract/claims.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { RateLimiter } from '../auth/login.ts'
import type { Passwords } from '../auth/password.ts'
import type { User, UserStore } from '../auth/users.ts'
import type { CallCenterActor } from '../call-center/agents/call-center-actor.ts'
import { Refusal } from '../refusal.ts'
import { networkOf } from '../values/network.ts'
import { type PendingRegistration, requireMail } from './email-registration.ts'
import { hashToken, type Invitation } from './invitations.ts'
import { newLinkToken } from './link-token.ts'
import type { QueuedMail } from './outbox.ts'
import { type RegistrationMode, requireNotClosed } from './registration-mode.ts'
import { describeConflict, requireOwnName } from './username.ts'

/** Times are unix seconds. */
export interface EmailInvitationStore {
  /** Keeps it, and with it the mail that is to bring its token. */
  addWithMail(invitation: Invitation, recipient: string): Promise<void>
  /**
   * Gives the invitation that a mail is about the hash of the token it brings.
   * @returns undefined where it cannot be used any more
   */
  replaceHash(mail: QueuedMail, hash: string, now: number): Promise<Invitation | undefined>
  /** One that can be used. */
  find(hash: string, now: number): Promise<Invitation | undefined>
  /**
   * Makes a user and an agent of it and uses it up, all or nothing: of two who try, one does.
   * @returns undefined where it cannot be used any more
   * @throws {Refusal} `taken` with `detail` as `UserStore.add`: then it can be used again
   */
  accept(hash: string, account: PendingRegistration, now: number): Promise<User | undefined>
}

export interface InviteInput {
  email: string
  role: Role
  team?: string | undefined
  days: number
}

/** Anybody's who has its text. */
export interface InvitationSummary {
  /** Null: whoever uses it names their own. */
  email: string | null
  role: Role
  team: string | null
  invitedBy: string | null
  expiresAt: number
}

export interface EmailInvitations {
  /** @throws {Refusal} `forbidden`, `not_supported`, `taken` */
  invite(actor: CallCenterActor, input: InviteInput): Promise<InvitationSummary>
  /** @throws {Refusal} `not_found` */
  find(token: string): Promise<InvitationSummary>
  /**
   * @param request `email` for an invitation without one; `address` is the client's
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
  passwords: Pick<Passwords, 'hash'>
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
    createdBy,
    expiresAt,
  }: Invitation): Promise<InvitationSummary> {
    const inviter = createdBy === null ? undefined : await users.find(createdBy)
    return { email, role: role ?? 'user', team, invitedBy: inviter?.username ?? null, expiresAt }
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
      const invitation: Invitation = {
        // Of a token that nobody has: the mail brings the one that is good.
        hash: hashToken(newLinkToken('inv')),
        email,
        role,
        team: allowedTeam,
        createdBy: actor.userId,
        createdAt: nowS(),
        expiresAt: nowS() + days * 86_400,
        usedAt: null,
      }
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
      const passwordHash = await needs.passwords.hash(password, networkOf(address))
      const account = { username, email: resolvedEmail, name, passwordHash }
      const user = await store.accept(invitation.hash, account, nowS()).catch(describeConflict)
      if (user === undefined) throw invalidInvitation()
      return user
    },
  }
}

/**
 * Admins invite anybody, supervisors agents of their own team.
 * @throws {Refusal} `forbidden`
 */
function resolveTeam({ scope }: CallCenterActor, role: Role, team: string | undefined): string | null {
  if (scope.sees === 'all') return team ?? null
  const isOwn = scope.sees === 'team' && role === 'user' && (team ?? scope.team) === scope.team
  if (!isOwn) throw new Refusal('forbidden')
  return scope.team
}

const invalidInvitation = () => new Refusal('not_found', { detail: 'Invalid or expired invitation' })
