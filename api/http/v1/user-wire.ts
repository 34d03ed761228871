import { z } from '@hono/zod-openapi'
import { Role } from '../../../contract/claims.ts'
import { NewAccount } from '../../core/auth/accounts.ts'
import { NewPassword } from '../../core/auth/password.ts'
import { PASSWORD_AUTHORITIES, type User, type UserChange, type UserCursor } from '../../core/auth/users.ts'
import { DisplayName } from '../../core/values/display-name.ts'
import { Email } from '../../core/values/email.ts'
import { ACCOUNT_EXTENSION } from '../../core/values/extension.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { ListQuery, nextCursor, paged, readCursor, SearchText } from './paging.ts'
import { UserId } from './wire.ts'

const Extension = z.string().regex(ACCOUNT_EXTENSION, 'must be 1 to 32 digits').openapi({ example: '1004' })

export const UserJson = z
  .object({
    id: UserId,
    username: z.string(),
    display_name: z
      .string()
      .openapi({ description: 'How others see the user; the username unless one is set' }),
    email: z.string().nullable(),
    role: Role,
    extension: z.string().nullable(),
    disabled: z.boolean().openapi({ description: 'A disabled user cannot log in' }),
    source: z.string().nullable().openapi({
      description: 'Where the account comes from, such as `ldap:corp`; null: made here',
    }),
    password_authority: z.enum(PASSWORD_AUTHORITIES).openapi({
      description:
        'Where the password is verified: `local` is here, `phone` the PBX, with the secret of the phone',
    }),
    created_at: Time,
    last_login_at: Time.nullable(),
  })
  .openapi('User')
export const UserListJson = z.object({ users: z.array(UserJson), ...paged }).openapi('UserList')
export const CreatedUserJson = z
  .object({
    ...UserJson.shape,
    pending_extension: z.string().nullable().openapi({
      description:
        'With `create_extension`: the number while the PBX has not created it; `extension` is null until then. It is retried, and may become another number. Null otherwise',
    }),
    password: z
      .string()
      .nullable()
      .openapi({ description: 'The password that was made, shown once; null if the request had one' }),
  })
  .openapi('CreatedUser')

export const UsersQuery = ListQuery.extend({
  q: SearchText.optional().openapi({
    description: 'Part of username, display name, email or extension, in any case',
  }),
  role: Role.optional(),
  disabled: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
})
export const NewUserBody = z
  .strictObject({
    username: NewAccount.shape.username,
    password: NewPassword.optional().openapi({ description: 'Made and shown once if left out' }),
    display_name: DisplayName.nullable().optional(),
    email: Email.nullable().optional(),
    role: Role.default('user'),
    extension: Extension.nullable()
      .default(null)
      .openapi({ description: 'A number that the PBX has already; with a null the user has none' }),
    create_extension: z.boolean().default(false).openapi({
      description:
        'Creates the next free extension at the PBX, as registration does, instead of `extension`. Whether it can: `makes_extensions` of `GET /sign-in-options`',
    }),
    disabled: z.boolean().default(false),
  })
  .refine((body) => !body.create_extension || body.extension === null, {
    path: ['create_extension'],
    message: 'send either extension or create_extension',
  })
  .openapi('NewUser', { example: { username: 'clara', role: 'user', extension: '1004' } })
export const UserPatchBody = z
  .strictObject({
    display_name: DisplayName.nullable().optional(),
    email: Email.nullable().optional(),
    role: Role.optional(),
    extension: Extension.nullable().optional(),
    disabled: z.boolean().optional(),
  })
  .openapi('UserPatch', { example: { role: 'supervisor' } })
export const PasswordBody = z
  .strictObject({ password: NewPassword })
  .openapi('NewPassword', { example: { password: 'correct horse battery' } })

export const toUserJson = (user: User, lastLogin: number | undefined): z.output<typeof UserJson> => ({
  id: user.id,
  username: user.username,
  display_name: user.displayName ?? user.username,
  email: user.email,
  role: user.role,
  extension: user.extension,
  disabled: user.disabled,
  source: user.source,
  password_authority: user.passwordAuthority,
  created_at: toIsoTime(user.createdAt),
  last_login_at: lastLogin === undefined ? null : toIsoTime(lastLogin),
})

export const toUserChange = (body: z.output<typeof UserPatchBody>): UserChange => ({
  displayName: body.display_name,
  email: body.email,
  role: body.role,
  extension: body.extension,
  disabled: body.disabled,
})

export const toUserCursor = (page: readonly User[], limit: number): string | null =>
  nextCursor(page, limit, ({ username, id }) => [username, id])

/** @throws {Refusal} `input_invalid` */
export function readUserCursor(text: string | undefined): UserCursor | undefined {
  const key = readCursor(text, z.tuple([z.string().max(128), UserId]))
  return key && { username: key[0], id: key[1] }
}
