import type { Mail } from './mailer.ts'

export type MailContent = Omit<Mail, 'to'>

/** What an invitation mail names. */
export interface InvitationData {
  role: string
  team: string | null
  invitedBy: string | null
  /** Expiry as readable text. */
  until: string
}

/**
 * Sent to an unverified address, so the username is the only text from the request in it.
 * @param hasConflict whether registrations of the address differ, so that a password is needed to confirm
 */
export const verificationMail = (
  username: string,
  link: string,
  token: string,
  hasConflict: boolean,
): MailContent => ({
  subject: 'Confirm your address',
  text: joinLines(
    `An account with this address was requested under the name ${username}.`,
    '',
    'If you requested it, open this link to confirm your address:',
    '',
    `  ${link}`,
    '',
    'or enter this code where you registered:',
    '',
    `  ${token}`,
    '',
    ...(hasConflict ? CONFLICT_NOTICE : []),
    'The link expires in 24 hours and works once. If you did not request an account, or not under this name, ignore this mail: no account will be created.',
  ),
})

const CONFLICT_NOTICE = [
  'This address was registered more than once, with different names or passwords. None of these passwords is valid:',
  'choose a new one when you confirm.',
  '',
]

/** Sent to the owner of an existing account. The client that registered does not learn that there is one. */
export const accountExistsMail = (appUrl: string): MailContent => ({
  subject: 'You have an account',
  text: joinLines(
    'An account with this address was requested. It has one already: log in at',
    '',
    `  ${appUrl}`,
    '',
    'If you did not request an account, ignore this mail: nothing was changed.',
  ),
})

export const invitationMail = (
  { role, team, invitedBy, until }: InvitationData,
  link: string,
  token: string,
): MailContent => ({
  subject: 'You are invited',
  text: joinLines(
    `${invitedBy ?? 'An administrator'} invites you to join as ${role}${team === null ? '' : ` of the team ${team}`}.`,
    '',
    'To create your account, open',
    '',
    `  ${link}`,
    '',
    'or enter this code where you register:',
    '',
    `  ${token}`,
    '',
    `The link expires on ${until} and works once.`,
  ),
})

const joinLines = (...all: string[]) => `${all.join('\n')}\n`
