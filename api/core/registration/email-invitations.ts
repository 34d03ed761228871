import type { Role } from '../../../contract/claims.ts'
import type { Throttle } from '../auth/login.ts'
import type { Passwords } from '../auth/password.ts'
import type { User, UserStore } from '../auth/users.ts'
import type { Standing } from '../call-center/agents/call-center-actor.ts'
import { Refusal } from '../refusal.ts'
import { network } from '../values/network.ts'
import { mustHaveMail, type WaitingAccount } from './email-registration.ts'
import type { RegistrationMode } from './extension-registration.ts'
import { hashOf, type Invitation } from './invitations.ts'
import { newLinkToken } from './link-token.ts'
import type { DueMail } from './outbox.ts'
import { mustBeOwnName, tellTaken } from './username.ts'

/** Times are unix seconds. */
export interface InviteStore {
  /** Keeps it, and with it the mail that is to bring its token. */
  addWithMail(invitation: Invitation, recipient: string): Promise<void>
  /**
   * Gives the invitation that a mail is about the hash of the token it brings.
   * @returns undefined where it cannot be used any more
   */
  replaceHash(mail: DueMail, hash: string, now: number): Promise<Invitation | undefined>
  /** One that can be used. */
  find(hash: string, now: number): Promise<Invitation | undefined>
  /**
   * Makes a user and an agent of it and uses it up, all or nothing: of two who try, one does.
   * @returns undefined where it cannot be used any more
   * @throws {Refusal} `taken` with `detail` as `UserStore.add`: then it can be used again
   */
  accept(hash: string, account: WaitingAccount, now: number): Promise<User | undefined>
}

export interface InviteOrder {
  email: string
  role: Role
  team?: string | undefined
  days: number
}

/** Anybody's who has its text. */
export interface InvitationShown {
  /** Null: whoever uses it names their own. */
  email: string | null
  role: Role
  team: string | null
  invitedBy: string | null
  expiresAt: number
}

export interface Inviting {
  /** @throws {Refusal} `forbidden`, `not_supported`, `taken` */
  invite(by: Standing, order: InviteOrder): Promise<InvitationShown>
  /** @throws {Refusal} `not_found` */
  show(token: string): Promise<InvitationShown>
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

export interface InvitingNeeds {
  mode: RegistrationMode
  hasMail: boolean
  store: InviteStore
  users: Pick<UserStore, 'find' | 'findByLogin'>
  passwords: Pick<Passwords, 'hash'>
  throttle: Pick<Throttle, 'takeAddress'>
  now: () => number
}

export function createInviting(needs: InvitingNeeds): Inviting {
  const { store, users } = needs
  const nowS = () => Math.floor(needs.now() / 1000)

  async function shown({ email, role, team, createdBy, expiresAt }: Invitation): Promise<InvitationShown> {
    const inviter = createdBy === null ? undefined : await users.find(createdBy)
    return { email, role: role ?? 'user', team, invitedBy: inviter?.username ?? null, expiresAt }
  }

  async function known(token: string): Promise<Invitation> {
    const invitation = await store.find(hashOf(token), nowS())
    if (invitation === undefined) throw notGood()
    return invitation
  }

  return {
    async invite(by, { email, role, team, days }) {
      mustNotBeClosed(needs.mode)
      const itsTeam = teamFor(by, role, team)
      mustHaveMail(needs.hasMail)
      if ((await users.findByLogin(email)) !== undefined)
        throw new Refusal('taken', { detail: 'This address has an account already' })
      const invitation: Invitation = {
        // Of a token that nobody has: the mail brings the one that is good.
        hash: hashOf(newLinkToken('inv')),
        email,
        role,
        team: itsTeam,
        createdBy: by.userId,
        createdAt: nowS(),
        expiresAt: nowS() + days * 86_400,
        usedAt: null,
      }
      await store.addWithMail(invitation, email)
      return shown(invitation)
    },

    show: async (token) => shown(await known(token)),

    async accept({ token, username, password, name, email, address }) {
      mustNotBeClosed(needs.mode)
      await needs.throttle.takeAddress(address)
      const invitation = await known(token)
      const itsEmail = invitation.email ?? email
      if (itsEmail === undefined) {
        throw new Refusal('input_invalid', { detail: 'This invitation names no address: send email along' })
      }
      mustBeOwnName(username, itsEmail)
      const passwordHash = await needs.passwords.hash(password, network(address))
      const account = { username, email: itsEmail, name, passwordHash }
      const user = await store.accept(invitation.hash, account, nowS()).catch(tellTaken)
      if (user === undefined) throw notGood()
      return user
    },
  }
}

/**
 * Admins invite anybody, supervisors agents of their own team.
 * @throws {Refusal} `forbidden`
 */
function teamFor({ scope }: Standing, role: Role, team: string | undefined): string | null {
  if (scope.sees === 'all') return team ?? null
  const isOwn = scope.sees === 'team' && role === 'user' && (team ?? scope.team) === scope.team
  if (!isOwn) throw new Refusal('forbidden')
  return scope.team
}

function mustNotBeClosed(mode: RegistrationMode): void {
  if (mode === 'closed') throw new Refusal('forbidden', { detail: 'Registration is closed' })
}

const notGood = () => new Refusal('not_found', { detail: 'Invalid or expired invitation' })
