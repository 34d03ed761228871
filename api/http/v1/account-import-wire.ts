import { z } from '@hono/zod-openapi'
import { Role } from '../../../contract/claims.ts'
import { ACCOUNT_SOURCES } from '../../core/account-imports/account-source.ts'
import type { AccountSyncSchedule } from '../../core/account-imports/account-sync.ts'
import {
  IMPORTED_MEMBERS,
  type ImportOptions,
  PLAN_ACTIONS,
  PLAN_NOTES,
  PLAN_REASONS,
  SIGN_INS,
} from '../../core/account-imports/import-plan.ts'
import type { AccountImport, StoredItem } from '../../core/account-imports/import-store.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { ListQuery, nextCursor, paged, readCursor } from './paging.ts'
import { IdParam } from './wire.ts'

const Source = z.enum(ACCOUNT_SOURCES)
const flag = (description: string) =>
  z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .openapi({ description })

export const PlanQuery = z.object({
  source: Source.openapi({ example: 'csv', description: '`csv` and `pjsip` are read from the body' }),
  role: Role.default('user').openapi({ description: 'Of new users, where the source knows no roles' }),
  sign_in: z.enum(SIGN_INS).default('none').openapi({
    description:
      '`phone`: the password of new users is the secret of their phone, verified by the PBX; `none`: they cannot log in with a password until one is set',
  }),
  disable_missing: flag('Disables users of this source whom it lists no more; their sessions end'),
  allow_mass_disable: flag(
    'Also if the source lists fewer than half of its known people, or a part of the list could not be read',
  ),
  link: flag('Takes over users who were made by hand with the same extension; it changes nothing of them'),
})
export const toImportOptions = (query: z.output<typeof PlanQuery>): ImportOptions => ({
  role: query.role,
  signIn: query.sign_in,
  disableMissing: query.disable_missing,
  allowMassDisable: query.allow_mass_disable,
  link: query.link,
})

export const ImportParams = z.object({ id: IdParam.openapi({ example: '1' }) })
const Action = z.enum(PLAN_ACTIONS)
const count = z.number().int().min(0)

export const AccountImportJson = z
  .object({
    id: z.string(),
    source: Source,
    scheduled: z.boolean(),
    state: z
      .enum(['planned', 'running', 'done', 'failed'])
      .openapi({ description: '`failed`: it stopped before its end; `error` has the reason' }),
    counts: z
      .record(Action, count)
      .openapi({ description: 'How many people or users the plan has of each action' }),
    new_disabled: count.openapi({ description: 'How many of the new users are made disabled' }),
    total: count.openapi({ description: 'How many of them change a user' }),
    done: count,
    failed: count,
    error: z.string().nullable(),
    mass_disable: z.boolean().openapi({
      description: 'The source lists fewer than half of its known people, so that the plan disables no user',
    }),
    line_errors: z
      .array(z.object({ line: z.number().int(), reason: z.string() }))
      .openapi({ description: 'Lines of the list that could not be read, up to 100' }),
    options: z.object({
      role: Role,
      sign_in: z.enum(SIGN_INS),
      disable_missing: z.boolean(),
      allow_mass_disable: z.boolean(),
      link: z.boolean(),
    }),
    created_at: Time,
    updated_at: Time,
  })
  .openapi('AccountImport')

export const toAccountImportJson = (run: AccountImport): z.input<typeof AccountImportJson> => ({
  id: run.id,
  source: run.source,
  scheduled: run.isScheduled,
  state: run.state,
  counts: run.counts,
  new_disabled: run.newDisabled,
  total: run.total,
  done: run.done,
  failed: run.failed,
  error: run.error,
  mass_disable: run.isMassDisable,
  line_errors: [...run.lineErrors],
  options: {
    role: run.options.role,
    sign_in: run.options.signIn,
    disable_missing: run.options.disableMissing,
    allow_mass_disable: run.options.allowMassDisable,
    link: run.options.link,
  },
  created_at: toIsoTime(run.createdAt),
  updated_at: toIsoTime(run.updatedAt),
})

export const AccountImportStatusJson = z
  .object({
    sources: z.array(Source).openapi({ description: 'Those that can be read here' }),
    schedule: z
      .object({ source: Source, interval_minutes: z.number().int(), sign_in: z.enum(SIGN_INS) })
      .nullable()
      .openapi({ description: 'What runs by itself; null: nothing' }),
    last: z.union([AccountImportJson, z.null()]),
    last_scheduled: z.union([AccountImportJson, z.null()]),
  })
  .openapi('AccountImportStatus')

export const toScheduleJson = (schedule: AccountSyncSchedule | undefined) =>
  schedule === undefined
    ? null
    : {
        source: schedule.source,
        interval_minutes: Math.round(schedule.intervalMs / 60_000),
        sign_in: schedule.signIn,
      }

export const ItemsQuery = ListQuery.extend({ action: Action.optional() })
const Member = z.enum(['display_name', 'email', 'extension', 'role', 'disabled'])
export const AccountImportItemJson = z
  .object({
    position: count,
    action: Action.openapi({
      description:
        '`changed_here`: the user differs from the source by the hand of a person, and stays as it is; `conflict`: see `reason`',
    }),
    username: z.string(),
    extension: z.string().nullable(),
    name: z.string().nullable(),
    user_id: z.string().nullable(),
    reason: z.enum(PLAN_REASONS).nullable(),
    other_user: z.string().nullable().openapi({ description: 'Username of the user who has the name' }),
    changes: z.array(Member).openapi({ description: 'What will be written' }),
    kept: z.array(Member).openapi({ description: 'What a person has changed here: it stays' }),
    notes: z.array(z.enum(PLAN_NOTES)).openapi({ description: 'What of the person is left out' }),
    line: z.number().int().nullable(),
    outcome: z.enum(['done', 'failed']).nullable(),
    detail: z.string().nullable().openapi({ description: 'Why it failed' }),
  })
  .openapi('AccountImportItem')
export const AccountImportItemListJson = z
  .object({ items: z.array(AccountImportItemJson), ...paged })
  .openapi('AccountImportItemList')

type MemberName = (typeof IMPORTED_MEMBERS)[number] | 'disabled'
const toMember = (name: MemberName): z.output<typeof Member> =>
  name === 'displayName' ? 'display_name' : name

export const toItemJson = (item: StoredItem): z.input<typeof AccountImportItemJson> => ({
  position: item.position,
  action: item.action,
  username: item.username,
  extension: item.extension,
  name: item.name,
  user_id: item.userId ?? null,
  reason: item.reason ?? null,
  other_user: item.otherUser ?? null,
  changes: ([...IMPORTED_MEMBERS, 'disabled'] as const)
    .filter((name) => item.changes[name] !== undefined)
    .map(toMember),
  kept: item.kept.map(toMember),
  notes: [...item.notes],
  line: item.line ?? null,
  outcome: item.outcome,
  detail: item.detail,
})

export const readItemCursor = (cursor: string | undefined): number | undefined =>
  readCursor(cursor, z.tuple([z.number().int().min(0)]))?.[0]
export const toItemCursor = (items: readonly StoredItem[], limit: number) =>
  nextCursor(items, limit, ({ position }) => [position])
