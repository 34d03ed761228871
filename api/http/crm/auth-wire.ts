import { z } from '@hono/zod-openapi'
import { NewPassword } from '../../core/auth/password.ts'
import type { User } from '../../core/auth/users.ts'
import type { InvitationSummary } from '../../core/registration/email-invitations.ts'
import { Username } from '../../core/registration/username.ts'
import { Email } from '../../core/values/email.ts'
import { Time } from '../openapi.ts'
import { IdJson } from './ids.ts'
import { iso } from './iso-time.ts'
import { RoleInput, toCrmRole, toUpperEnum } from './wire.ts'

/** A value that is missing, too long or not a string reads as empty: the guide answers all of them as wrong credentials. */
const LenientText = (maxLength: number) =>
  z
    .preprocess((value) => (typeof value === 'string' && value.length <= maxLength ? value : ''), z.string())
    .openapi({ type: 'string' })
export const LoginBody = z.object({ username: LenientText(256), password: LenientText(1024) })

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
  username: Username.optional().openapi({
    description: 'Replaces a username that another user has taken since',
  }),
  password: NewPassword.optional().openapi({
    description: 'Replaces the password of `register`; needed if the address was registered more than once',
  }),
})
export const ResendBody = z.object({ email: Email })

export const InviteBody = z.object({
  email: Email,
  role: RoleInput,
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
  email: Email.optional().openapi({ description: 'Required if the invitation names none' }),
})

/** The agent's name: first and last name, or else the username. */
export function agentName({
  firstName = '',
  lastName = '',
  username,
}: Pick<z.output<typeof RegisterBody>, 'firstName' | 'lastName' | 'username'>): string {
  return `${firstName} ${lastName}`.trim() || username
}

const RoleJson = z.enum(['admin', 'supervisor', 'agent'])

/** The guide, "Login Request"; `user` is what existing front ends read. */
export const LoginJson = z
  .object({
    token: z.string(),
    user_id: IdJson,
    username: z.string(),
    role: RoleJson,
    user: z.object({
      id: IdJson,
      username: z.string(),
      email: z.string().nullable(),
      role: z.enum(['ADMIN', 'SUPERVISOR', 'AGENT']),
    }),
  })
  .openapi('CrmLogin')
export function toLoginJson(
  token: string,
  { id, username, email, role }: Pick<User, 'id' | 'username' | 'email' | 'role'>,
): z.output<typeof LoginJson> {
  const name = toCrmRole(role)
  const user = { id: Number(id), username, email, role: toUpperEnum(name) }
  return { token, user_id: Number(id), username, role: name, user }
}

export const MessageJson = z.object({ message: z.string() }).openapi('CrmMessage')
export const VerifiedJson = z.object({ message: z.string(), ...LoginJson.shape }).openapi('CrmVerified')

const invitationShape = { role: RoleJson, team: z.string().nullable(), expiresAt: Time }
export const InvitedJson = z
  .object({ message: z.string(), email: z.string().nullable(), ...invitationShape })
  .openapi('CrmInvited')
export const InvitationJson = z
  .object({
    email: z.string().nullable(),
    extension: z
      .string()
      .nullable()
      .openapi({ description: 'Beyond the guide: the extension that the account will have' }),
    invitedBy: z.string().nullable(),
    invited_by_username: z
      .string()
      .openapi({ description: 'As `invitedBy`, for existing clients; empty if unknown' }),
    valid: z.literal(true).openapi({ description: 'For existing clients. An invalid invitation is 404' }),
    ...invitationShape,
  })
  .openapi('CrmInvitation')

export const toInvitedJson = ({
  email,
  role,
  team,
  expiresAt,
}: InvitationSummary): z.output<typeof InvitedJson> => ({
  message: 'The invitation is on its way',
  email,
  role: toCrmRole(role),
  team,
  expiresAt: iso(expiresAt),
})
export const toInvitationJson = ({
  email,
  role,
  team,
  extension,
  invitedBy,
  expiresAt,
}: InvitationSummary): z.output<typeof InvitationJson> => ({
  email,
  extension,
  role: toCrmRole(role),
  team,
  invitedBy,
  invited_by_username: invitedBy ?? '',
  valid: true,
  expiresAt: iso(expiresAt),
})
