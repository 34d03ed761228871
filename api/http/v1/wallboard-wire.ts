import { z } from '@hono/zod-openapi'
import { BOARD_STATES } from '../../core/call-center/board/agent-states.ts'
import { type Board, isWaiting } from '../../core/call-center/board/board.ts'
import type { NewWallboard, Wallboard } from '../../core/call-center/board/wallboards.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { MeasureJson, Team, TodayJson, toMeasureJson, toStateMembers, toTodayJson } from './board-wire.ts'
import { paged } from './paging.ts'
import { UserId } from './wire.ts'

const WallboardId = z
  .string()
  .regex(/^\d{1,15}$/, 'must be the id of a link')
  .openapi({ example: '3' })
export const WallboardParams = z.object({ wallboardId: WallboardId })

export const WallboardLinkJson = z
  .object({
    id: WallboardId,
    name: z.string(),
    team: z.string().nullable().openapi({ description: 'Null: all teams' }),
    hides_names: z.boolean().openapi({ description: 'Whether it shows agents without their names' }),
    created_by: UserId.openapi({
      description: 'The link works as long as this user may see the same board',
    }),
    created_at: Time,
    expires_at: Time.nullable().openapi({ description: 'Null: it works until it is revoked' }),
  })
  .openapi('WallboardLink')
export const WallboardLinkListJson = z
  .object({ wallboards: z.array(WallboardLinkJson), ...paged })
  .openapi('WallboardLinkList')
export const NewWallboardJson = z
  .object({
    ...WallboardLinkJson.shape,
    link: z.string().openapi({
      description: 'For the browser of the big screen. It has the secret, and is shown once',
      example: 'https://pbx.example.org/console/wallboard#token=wbd_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    }),
  })
  .openapi('NewWallboardLink')
export const NewWallboardBody = z
  .strictObject({
    name: z
      .string()
      .trim()
      .regex(/^[^\p{C}]{1,100}$/u, 'must be 1 to 100 characters in one line'),
    team: Team.nullable()
      .optional()
      .openapi({ description: 'Null: all teams. By default the own team, or all of an admin' }),
    hides_names: z.boolean().default(false),
    expires_at: z.iso
      .datetime({ offset: true })
      .nullable()
      .default(null)
      .openapi({ example: '2030-01-31T12:00:00Z' }),
  })
  .openapi('NewWallboard', { example: { name: 'Hall, second floor', hides_names: true } })

export const WallboardJson = z
  .object({
    name: z.string(),
    team: z.string().nullable(),
    at: Time,
    online: z.boolean().openapi({ description: 'Whether the PBX is connected' }),
    agents: z.array(
      z.object({
        name: z.string().nullable().openapi({ description: 'Null: the link hides names' }),
        state: z.enum(BOARD_STATES),
        since: Time.nullable().openapi({ description: 'Null where it is not known' }),
        until: Time.nullable(),
      }),
    ),
    calls: z.object({
      total: z.int().min(0),
      talking: z.int().min(0),
      waiting: z.int().min(0).openapi({ description: 'From outside, and not answered yet' }),
    }),
    campaigns: z.array(
      z.object({
        name: z.string(),
        status: z.string().openapi({ example: 'active' }),
        waiting_leads: z.int().min(0),
        due_leads: z.int().min(0),
      }),
    ),
    today: TodayJson,
    measures: z.array(MeasureJson),
  })
  .openapi('Wallboard')

/** @param ownTeam of a supervisor; null of an admin */
export const toNewWallboard = (
  { name, team, hides_names: hidesNames, expires_at: expiresAt }: z.output<typeof NewWallboardBody>,
  ownTeam: string | null,
): NewWallboard => ({
  name,
  team: team === undefined ? ownTeam : team,
  hidesNames,
  expiresAt: expiresAt === null ? null : Math.floor(Date.parse(expiresAt) / 1000),
})

export const toWallboardLinkJson = (one: Wallboard): z.output<typeof WallboardLinkJson> => ({
  id: one.id,
  name: one.name,
  team: one.team,
  hides_names: one.hidesNames,
  created_by: one.createdBy,
  created_at: toIsoTime(one.createdAt),
  expires_at: one.expiresAt === null ? null : toIsoTime(one.expiresAt),
})

/** What a big screen may show: neither numbers nor names of callers and leads, and no ids. */
export const toWallboardJson = (
  { name, team, hidesNames }: Wallboard,
  board: Board,
): z.output<typeof WallboardJson> => ({
  ...{ name, team },
  at: toIsoTime(board.at),
  online: board.online,
  agents: board.agents.map((agent) => ({ name: hidesNames ? null : agent.name, ...toStateMembers(agent) })),
  calls: {
    total: board.calls.length,
    talking: board.calls.filter(({ state }) => state === 'talking').length,
    waiting: board.calls.filter(isWaiting).length,
  },
  campaigns: board.campaigns.map((one) => ({
    name: one.name,
    status: one.status,
    waiting_leads: one.waiting,
    due_leads: one.due,
  })),
  today: toTodayJson(board.today),
  measures: board.measures.map(toMeasureJson),
})
