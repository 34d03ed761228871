import { z } from '@hono/zod-openapi'
import { Role } from '../../../contract/claims.ts'
import { NewPassword } from '../../core/auth/password.ts'
import { shownNameOf } from '../../core/auth/profiles.ts'
import { LANGUAGES, PASSWORD_AUTHORITIES, type ProfileChange, type User } from '../../core/auth/users.ts'
import type { Agent } from '../../core/call-center/agents/agent.ts'
import { DisplayName } from '../../core/values/display-name.ts'
import { Email } from '../../core/values/email.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { UserId } from './wire.ts'

const Language = z.enum(LANGUAGES)

export const MeJson = z
  .object({
    id: UserId,
    username: z.string(),
    display_name: z.string().openapi({ description: 'As others see it: the username unless one was set' }),
    role: Role,
    extension: z.string().nullable(),
    email: z.string().nullable(),
    language: Language.nullable().openapi({ description: 'Of pages and mails; null: not chosen' }),
    agent: z
      .object({ id: UserId, team: z.string().nullable() })
      .nullable()
      .openapi({ description: 'Who I am in the call center; null: no agent yet' }),
    password_authority: z.enum(PASSWORD_AUTHORITIES).openapi({
      description:
        'Where the password is verified: `local`: here; `phone`: at the PBX, as the secret of the phone; `directory`; `provider`: there is none. Only a `local` one is changed by `PUT /me/password`',
    }),
    created_at: Time,
  })
  .openapi('Me')
export const ProfileBody = z
  .strictObject({
    language: Language.nullable().optional(),
    display_name: DisplayName.nullable()
      .optional()
      .openapi({ description: 'One line with a letter in it; null: the username is shown' }),
  })
  .openapi('ProfileChange', { example: { language: 'es', display_name: 'Ana García' } })

export const Password = NewPassword.describe(
  '8 or more characters (`password_min_length` of `GET /sign-in-options`), 1024 bytes at most; no common password, and none that consists of the account’s names',
)
export const OwnPasswordBody = z
  .strictObject({ current_password: z.string().min(1).max(1024), new_password: Password })
  .openapi('OwnPassword', { example: { current_password: 'correct horse', new_password: 'battery staple' } })
export const PasswordResetBody = z
  .strictObject({ email: Email })
  .openapi('PasswordReset', { example: { email: 'ana@example.org' } })
export const PasswordResetConfirmBody = z
  .strictObject({
    token: z.string().regex(/^pwd_[\w-]{32}$/, 'must be the token of a mailed link'),
    new_password: Password,
  })
  .openapi('PasswordResetConfirm', {
    example: { token: 'pwd_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', new_password: 'battery staple' },
  })

export const toMeJson = (
  user: User,
  agent: Pick<Agent, 'id' | 'team'> | undefined,
): z.infer<typeof MeJson> => ({
  id: user.id,
  username: user.username,
  display_name: shownNameOf(user),
  role: user.role,
  extension: user.extension,
  email: user.email,
  language: user.language,
  agent: agent === undefined ? null : { id: agent.id, team: agent.team },
  password_authority: user.passwordAuthority,
  created_at: toIsoTime(user.createdAt),
})

export const toProfileChange = ({
  language,
  display_name: displayName,
}: z.output<typeof ProfileBody>): ProfileChange => ({
  ...(language === undefined ? {} : { language }),
  ...(displayName === undefined ? {} : { displayName }),
})
