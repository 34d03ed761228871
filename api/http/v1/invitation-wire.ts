import { z } from '@hono/zod-openapi'
import { Role } from '../../../contract/claims.ts'
import {
  INVITATION_STATES,
  type InvitationAdmin,
  type InvitationCursor,
} from '../../core/registration/invitation-admin.ts'
import type { Invitation } from '../../core/registration/invitations.ts'
import { Email } from '../../core/values/email.ts'
import { ACCOUNT_EXTENSION } from '../../core/values/extension.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { ListQuery, nextCursor, paged, readCursor } from './paging.ts'
import { UserId } from './wire.ts'

const InvitationId = z
  .string()
  .regex(/^[\w-]{1,64}$/, 'must be the id of an invitation')
  .openapi({ example: 'Cr7MW2QlixZw-sBJDEs4Aw' })
export const InvitationParams = z.object({ invitationId: InvitationId })

export const InvitationJson = z
  .object({
    id: InvitationId,
    email: z.string().nullable().openapi({ description: 'The only address that may use it; null: any' }),
    role: Role,
    extension: z.string().nullable(),
    team: z.string().nullable(),
    state: z.enum(INVITATION_STATES),
    created_by: UserId.nullable().openapi({ description: 'Null for one of the command line' }),
    created_at: Time.openapi({ description: 'When it was made or sent again' }),
    expires_at: Time,
    accepted_at: Time.nullable(),
  })
  .openapi('Invitation')
export const InvitationListJson = z
  .object({ invitations: z.array(InvitationJson), ...paged })
  .openapi('InvitationList')
export const SentInvitationJson = z
  .object({
    ...InvitationJson.shape,

    link: z.string().nullable().openapi({
      description: 'To hand over, shown once; null if it was mailed. A path where no base URL is set',
    }),
  })
  .openapi('SentInvitation')

export const InvitationsQuery = ListQuery.extend({ state: z.enum(INVITATION_STATES).optional() })
const Deliver = z.enum(['mail', 'link'])
export const NewInvitationBody = z
  .strictObject({
    email: Email.nullable().default(null),
    role: Role.default('user'),
    extension: z.string().regex(ACCOUNT_EXTENSION, 'must be 1 to 32 digits').nullable().default(null),
    team: z
      .string()
      .trim()
      .regex(/^[^\p{C}]{1,100}$/u, 'must be 1 to 100 characters in one line')
      .nullable()
      .default(null),
    days: z.int().min(1).max(365).default(7),
    deliver: Deliver.default('mail').openapi({
      description: '`mail` to the address, or a `link` in the answer that you hand over',
    }),
  })
  .openapi('NewInvitation', { example: { email: 'clara@example.org', role: 'user', deliver: 'link' } })
export const ResendBody = z
  .strictObject({ deliver: Deliver.optional() })
  .openapi('ResendInvitation', { example: { deliver: 'link' } })

export const toInvitationJson = (
  one: Invitation,
  stateOf: InvitationAdmin['stateOf'],
): z.output<typeof InvitationJson> => ({
  id: one.id,
  email: one.email,
  role: one.role ?? 'user',
  extension: one.extension,
  team: one.team,
  state: stateOf(one),
  created_by: one.createdBy,
  created_at: toIsoTime(one.createdAt),
  expires_at: toIsoTime(one.expiresAt),
  accepted_at: one.usedAt === null ? null : toIsoTime(one.usedAt),
})

export const toInvitationCursor = (page: readonly Invitation[], limit: number) =>
  nextCursor(page, limit, ({ createdAt, id }) => [createdAt, id])

/** @throws {Refusal} `input_invalid` */
export function readInvitationCursor(text: string | undefined): InvitationCursor | undefined {
  const key = readCursor(text, z.tuple([z.int().min(0), InvitationId]))
  return key && { createdAt: key[0], id: key[1] }
}
