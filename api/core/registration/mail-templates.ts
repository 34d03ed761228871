import type { Mail } from './mailer.ts'

type MailContent = Omit<Mail, 'to'>

/** What a letter's link leads to. */
export interface InvitationData {
  role: string
  team: string | null
  invitedBy: string | null
  until: string
}

/**
 * For an address that nobody has proved yet. Of what the asker wrote it holds the name alone.
 * @param hasConflict whether it was registered by two, so that a password comes with the code
 */
export const verificationMail = (
  username: string,
  link: string,
  token: string,
  hasConflict: boolean,
): MailContent => ({
  subject: 'Confirm your address',
  text: joinLines(
    `Somebody, we hope it was you, asks for an account with this address under the name ${username}.`,
    '',
    'To confirm that the address is yours, open',
    '',
    `  ${link}`,
    '',
    'or give this code where you registered:',
    '',
    `  ${token}`,
    '',
    ...(hasConflict ? CONFLICT_NOTICE : []),
    'It is good for a day, and once. If you did not ask for it, or not under this name, do nothing: then no account is made.',
  ),
})

const CONFLICT_NOTICE = [
  'This address was registered more than once, with different names or passwords. None of these passwords counts:',
  'choose a new one when you confirm.',
  '',
]

/** For whoever has an account; the asker is not told that there is one. */
export const accountExistsMail = (appUrl: string): MailContent => ({
  subject: 'You have an account',
  text: joinLines(
    'Somebody, maybe you, asked for an account with this address. It has one already: log in at',
    '',
    `  ${appUrl}`,
    '',
    'If it was not you, there is nothing to do: nothing was changed.',
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
    'To make your account, open',
    '',
    `  ${link}`,
    '',
    'or give this code where you register:',
    '',
    `  ${token}`,
    '',
    `It is good until ${until}, and once.`,
  ),
})

const joinLines = (...all: string[]) => `${all.join('\n')}\n`
