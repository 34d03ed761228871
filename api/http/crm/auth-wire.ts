import { z } from '@hono/zod-openapi'
import { NewPassword } from '../../core/auth/password.ts'
import type { User } from '../../core/auth/users.ts'
import type { InvitationShown } from '../../core/registration/email-invitations.ts'
import { Username } from '../../core/registration/username.ts'
import { Email } from '../../core/values/email.ts'
import { Time } from '../openapi.ts'
import { iso, ShownId } from './params.ts'
import { loud, RoleWord, roleName } from './wire.ts'

/** What is missing, empty or no text at all is credentials that are wrong: the guide has one word for all. */
const Credential = (most: number) =>
  z
    .preprocess((said) => (typeof said === 'string' && said.length <= most ? said : ''), z.string())
    .openapi({ type: 'string' })
export const LoginBody = z.object({ username: Credential(256), password: Credential(1024) })

const PersonName = z
  .string()
  .trim()
  .max(100)
  .regex(/^[^\p{C}]*$/u, 'a name is one line')
  .optional()
const Token = z.string().min(1).max(128)

export const RegisterBody = z.object({
  username: Username,
  email: Email,
  password: NewPassword,
  firstName: PersonName,
  lastName: PersonName,
})
export const VerifyBody = z.object({
  token: Token,
  username: Username.optional().openapi({ description: 'In place of one that somebody else got meanwhile' }),
  password: NewPassword.optional().openapi({
    description:
      'The account’s password, in place of the one of `register`; needed where the address was registered more than once',
  }),
})
export const ResendBody = z.object({ email: Email })

export const InviteBody = z.object({
  email: Email,
  role: RoleWord,
  team: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^[^\p{C}]*$/u, 'a team is one line')
    .optional(),
  days: z.int().min(1).max(30).default(7),
})
export const TokenBody = z.object({ token: Token })
export const AcceptBody = RegisterBody.extend({
  token: Token,
  email: Email.optional().openapi({ description: 'Asked for where the invitation names none' }),
})

/** What the agent is called: the person's name, or else the user's. */
export function nameOf({
  firstName = '',
  lastName = '',
  username,
}: Pick<z.output<typeof RegisterBody>, 'firstName' | 'lastName' | 'username'>): string {
  return `${firstName} ${lastName}`.trim() || username
}

const RoleShown = z.enum(['admin', 'supervisor', 'agent'])

/** The guide, "Login Request"; `user` is what existing front ends read. */
export const LoggedIn = z
  .object({
    token: z.string(),
    user_id: ShownId,
    username: z.string(),
    role: RoleShown,
    user: z.object({
      id: ShownId,
      username: z.string(),
      email: z.string().nullable(),
      role: z.enum(['ADMIN', 'SUPERVISOR', 'AGENT']),
    }),
  })
  .openapi('CrmLogin')
export function loggedIn(
  token: string,
  { id, username, email, role }: Pick<User, 'id' | 'username' | 'email' | 'role'>,
): z.output<typeof LoggedIn> {
  const name = roleName(role)
  const user = { id: Number(id), username, email, role: loud(name) }
  return { token, user_id: Number(id), username, role: name, user }
}

export const Said = z.object({ message: z.string() }).openapi('CrmMessage')
export const Verified = z.object({ message: z.string(), ...LoggedIn.shape }).openapi('CrmVerified')

const invitation = { role: RoleShown, team: z.string().nullable(), expiresAt: Time }
export const Invited = z
  .object({ message: z.string(), email: z.string().nullable(), ...invitation })
  .openapi('CrmInvited')
export const InvitationDetails = z
  .object({
    email: z.string().nullable(),
    invitedBy: z.string().nullable(),
    invited_by_username: z.string().openapi({ description: '`invitedBy` for existing clients, or empty' }),
    valid: z.literal(true).openapi({ description: 'For existing clients: another one is 404' }),
    ...invitation,
  })
  .openapi('CrmInvitation')

export const invited = ({ email, role, team, expiresAt }: InvitationShown): z.output<typeof Invited> => ({
  message: 'The invitation is on its way',
  email,
  role: roleName(role),
  team,
  expiresAt: iso(expiresAt),
})
export const invitationDetails = ({
  email,
  role,
  team,
  invitedBy,
  expiresAt,
}: InvitationShown): z.output<typeof InvitationDetails> => ({
  email,
  role: roleName(role),
  team,
  invitedBy,
  invited_by_username: invitedBy ?? '',
  valid: true,
  expiresAt: iso(expiresAt),
})
