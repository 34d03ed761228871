import type { Role } from '../../../contract/claims.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { UserStore } from '../auth/users.ts'
import { normalizeName } from '../values/account-names.ts'
import type { EmailInvitationStore } from './email-invitations.ts'
import { type EmailRegistrationStore, NO_PASSWORD } from './email-registration.ts'
import { hashToken } from './invitations.ts'
import { newLinkToken } from './link-token.ts'
import { createMailLinks, type MailLinkTargets } from './mail-links.ts'
import { accountExistsMail, invitationMail, type MailContent, verificationMail } from './mail-templates.ts'
import type { Mail } from './mailer.ts'
import type { MailKind, QueuedMail } from './outbox.ts'
import { type PasswordResetStore, RESET_LINK_TTL_S } from './password-reset.ts'
import { passwordElsewhereMail, passwordResetMail } from './password-reset-mail.ts'

export interface MailRendererNeeds extends MailLinkTargets {
  registrations: Pick<EmailRegistrationStore, 'setToken'>
  passwordResets: Pick<PasswordResetStore, 'setToken'>
  invitations: Pick<EmailInvitationStore, 'replaceHash'>
  users: Pick<UserStore, 'find' | 'findByLogin'>
  /** Readable name of a role. */
  roleName(role: Role | null): string
  now: () => number
}

/**
 * Renders a mail when it is sent. Each attempt creates a new link token and stores its hash, so tokens of earlier
 * attempts become invalid.
 */
export function createMailRenderer(needs: MailRendererNeeds) {
  const { registrations, passwordResets, invitations, users } = needs
  const links = createMailLinks(needs)
  const nowS = () => toUnixSeconds(needs.now())

  /** Whether an account exists is checked here and not in the request, as its answer must not reveal it. */
  async function renderVerification({ recipient }: QueuedMail) {
    if ((await users.findByLogin(recipient)) !== undefined) return accountExistsMail(links.signIn)
    const token = newLinkToken('ver')
    const pending = await registrations.setToken(recipient, hashToken(token), nowS())
    if (pending === undefined) return undefined
    const hasConflict = pending.passwordHash === NO_PASSWORD
    return verificationMail(pending.username, links.verification(token), token, hasConflict)
  }

  async function renderInvitation(due: QueuedMail) {
    const token = newLinkToken('inv')
    const invited = await invitations.replaceHash(due, hashToken(token), nowS())
    if (invited === undefined) return undefined
    const inviter = invited.createdBy === null ? undefined : await users.find(invited.createdBy)
    const data = {
      role: needs.roleName(invited.role),
      team: invited.team,
      invitedBy: inviter?.username ?? null,
      until: `${new Date(invited.expiresAt * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    }
    return invitationMail(data, links.invitation(token), token)
  }

  /**
   * Sent to the address of the account, not to the one that was typed: two mailboxes may have one normal form. Without an
   * account there is no mail.
   */
  async function renderPasswordReset({ recipient }: QueuedMail) {
    const user = await users.findByLogin(recipient)
    if (user === undefined || user.disabled || user.email === null) return undefined
    if (normalizeName(user.email) !== normalizeName(recipient)) return undefined
    const language = user.language ?? 'en'
    const { username, passwordAuthority: authority } = user
    if (authority !== 'local')
      return { to: user.email, ...passwordElsewhereMail(language, username, authority) }
    const token = newLinkToken('pwd')
    await passwordResets.setToken(user, hashToken(token), nowS() + RESET_LINK_TTL_S)
    const link = links.passwordReset(token)
    return { to: user.email, ...passwordResetMail(language, username, link) }
  }

  const renderers: Record<MailKind, (due: QueuedMail) => Promise<(Partial<Mail> & MailContent) | undefined>> =
    {
      invitation: renderInvitation,
      verification: renderVerification,
      password_reset: renderPasswordReset,
    }
  return async (due: QueuedMail): Promise<Mail | undefined> => {
    const content = await renderers[due.kind](due)
    return content && { to: due.recipient, ...content }
  }
}
