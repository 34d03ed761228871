import type { Role } from '../../../contract/claims.ts'
import type { UserStore } from '../auth/users.ts'
import type { InviteStore } from './email-invitations.ts'
import { FORGOTTEN, type RegistrationStore } from './email-registration.ts'
import { hashOf } from './invitations.ts'
import { newLinkToken } from './link-token.ts'
import { invitation, knownAlready, verification } from './mail-templates.ts'
import type { Mail } from './mailer.ts'
import type { DueMail } from './outbox.ts'

export interface LetterWriterNeeds {
  registrations: Pick<RegistrationStore, 'setToken'>
  invites: Pick<InviteStore, 'replaceHash'>
  users: Pick<UserStore, 'find' | 'findByLogin'>
  /** What a role is called where people read it. */
  roleName(role: Role | null): string
  /** Where links lead, without a slash at its end. */
  appUrl: string
  now: () => number
}

/**
 * Writes what is due at the moment it is sent: only then is a link's token made, and its hash kept. Each try
 * makes another, and the one of an earlier try is good no more.
 */
export function createLetterWriter(needs: LetterWriterNeeds) {
  const { registrations, invites, users, appUrl } = needs
  const nowS = () => Math.floor(needs.now() / 1000)

  /** Whether the address has an account is asked here alone: whoever registered it was told the same either way. */
  async function ofVerification({ recipient }: DueMail) {
    if ((await users.findByLogin(recipient)) !== undefined) return knownAlready(appUrl)
    const token = newLinkToken('ver')
    const waiting = await registrations.setToken(recipient, hashOf(token), nowS())
    if (waiting === undefined) return undefined
    const isContested = waiting.passwordHash === FORGOTTEN
    return verification(waiting.username, `${appUrl}/verify-email?token=${token}`, token, isContested)
  }

  async function ofInvitation(due: DueMail) {
    const token = newLinkToken('inv')
    const invited = await invites.replaceHash(due, hashOf(token), nowS())
    if (invited === undefined) return undefined
    const inviter = invited.createdBy === null ? undefined : await users.find(invited.createdBy)
    const told = {
      role: needs.roleName(invited.role),
      team: invited.team,
      invitedBy: inviter?.username ?? null,
      until: `${new Date(invited.expiresAt * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    }
    return invitation(told, `${appUrl}/register?invitation=${token}`, token)
  }

  return async (due: DueMail): Promise<Mail | undefined> => {
    const letter = await (due.kind === 'invitation' ? ofInvitation(due) : ofVerification(due))
    return letter && { to: due.recipient, ...letter }
  }
}
