import { z } from '@hono/zod-openapi'
import { type MediaLink, MOST_LINK_MINUTES } from '../../core/auth/media-links.ts'
import { DIRECTIONS, OUTCOMES } from '../../core/calls/call.ts'
import type { CallRecord, HistoryCursor, HistoryFilter } from '../../core/calls/call-history.ts'
import { CALL_ID } from '../../core/calls/call-id.ts'
import type { DialPolicy } from '../../core/dial-policy/dial-policy.ts'
import { DelimiterQuery } from '../csv-writer.ts'
import { Time } from '../openapi.ts'
import { QueryMoment, QueryNumber } from '../query-params.ts'
import { CallId, UserId } from './wire.ts'

const PastCallId = CallId.openapi({ example: '1769860800.42' })

export const Filter = z.object({
  from: QueryMoment.optional().openapi({
    description: 'Calls that began then or later. ISO 8601; a mere date is its midnight in UTC',
  }),
  until: QueryMoment.optional().openapi({ description: 'Calls that began before' }),
  direction: z.enum(DIRECTIONS).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  number: QueryNumber.optional().openapi({
    description: 'The number of either side, or how it begins, in any spelling',
    example: '+4930',
  }),
  user_id: UserId.optional().openapi({
    description: 'Only calls of this user; for supervisors and admins, within what they see',
  }),
})
export const FilteredTable = Filter.extend({ delimiter: DelimiterQuery })
export const FilteredPage = Filter.extend({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z
    .string()
    .regex(/^[\w-]{1,240}$/, 'must be a cursor that we gave')
    .optional(),
})
export const OfPastCall = z.object({ id: PastCallId })
export const LinkWish = z
  .object({ minutes: z.number().int().min(1).max(MOST_LINK_MINUTES).optional() })
  .openapi('LinkWish', { example: { minutes: 180 } })

const Party = z.object({ number: z.string(), name: z.string() })
export const PastCall = z
  .object({
    id: PastCallId,
    direction: z.enum(DIRECTIONS),
    from: Party,
    to: Party,
    started_at: Time,
    answered_at: Time.nullable(),
    ended_at: Time,
    duration: z.number().int().min(0).openapi({ description: 'Seconds from start to end' }),
    billable: z.number().int().min(0).openapi({ description: 'Seconds from answer to end' }),
    outcome: z.enum(OUTCOMES),
    cause: z.number().int().nullable().openapi({ description: 'Q.850' }),
    recorded: z.boolean().openapi({ description: 'Whether a link to its recording can be had' }),
    recordings: z
      .array(z.object({ name: z.string().openapi({ example: '1769860800.42.wav' }) }))
      .openapi({ description: 'Its recordings, the first first; `recording-link` has a link to each' }),
    parties: z
      .array(
        z.object({
          user_id: UserId,
          extension: z.string(),
          answered: z.boolean().openapi({ description: 'Whether this phone was picked up' }),
        }),
      )
      .openapi({ description: 'Whose phones were in it, or should have been' }),
  })
  .openapi('PastCall')
export const CallHistory = z
  .object({ calls: z.array(PastCall), next_cursor: z.string().nullable() })
  .openapi('CallHistory')
export const RecordingLink = z
  .object({
    url: z.string().openapi({ description: 'Path and query, behind the host of this API' }),
    expires_at: Time,
    links: z
      .array(z.object({ name: z.string(), url: z.string(), expires_at: Time }))
      .openapi({ description: 'One for each recording, the first first; `url` is that of the first' }),
  })
  .openapi('RecordingLink')

/** @throws {Refusal} `input_invalid` for a number that is none */
export const filter = (
  asked: z.infer<typeof Filter>,
  policy: Pick<DialPolicy, 'beginnings'>,
): HistoryFilter => ({
  ...(asked.from === undefined ? {} : { from: asked.from }),
  ...(asked.until === undefined ? {} : { until: asked.until }),
  ...(asked.direction === undefined ? {} : { direction: asked.direction }),
  ...(asked.outcome === undefined ? {} : { outcome: asked.outcome }),
  ...(asked.number === undefined ? {} : { numbers: policy.beginnings(asked.number) }),
  ...(asked.user_id === undefined ? {} : { userId: asked.user_id }),
})

export const iso = (seconds: number) => new Date(seconds * 1000).toISOString()

export const pastCall = (one: CallRecord): z.infer<typeof PastCall> => ({
  id: one.id,
  direction: one.direction,
  from: { number: one.fromNumber, name: one.fromName },
  to: { number: one.toNumber, name: one.toName },
  started_at: iso(one.startedAt),
  answered_at: one.answeredAt === null ? null : iso(one.answeredAt),
  ended_at: iso(one.endedAt),
  duration: one.duration,
  billable: one.billable,
  outcome: one.outcome,
  cause: one.cause,
  recorded: one.recordings.length > 0,
  recordings: one.recordings.map((path) => ({ name: nameOf(path) })),
  parties: one.parties.map(({ userId, extension, answered }) => ({ user_id: userId, extension, answered })),
})

/** A page is full when there may be another one. */
export const callHistory = (page: readonly CallRecord[], limit: number): z.infer<typeof CallHistory> => {
  const last = page.length === limit ? page.at(-1) : undefined
  return { calls: page.map(pastCall), next_cursor: last === undefined ? null : cursor(last) }
}

/** @param links of a call that was recorded: one at least */
export function recordingLinks(
  links: readonly (MediaLink & { path: string })[],
): z.infer<typeof RecordingLink> {
  const told = links.map(({ path, url, expiresAt }) => ({
    name: nameOf(path),
    url,
    expires_at: iso(expiresAt),
  }))
  const [{ url, expires_at } = { url: '', expires_at: '' }] = told
  return { url, expires_at, links: told }
}

/** Folders are how the PBX sorts its files, and no concern of a listener. */
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)

const cursor = ({ startedAt, id }: HistoryCursor) => Buffer.from(`${startedAt}:${id}`).toString('base64url')

/** @returns undefined for a cursor that was never ours */
export function readCursor(text: string): HistoryCursor | undefined {
  const [, startedAt = '', id = ''] =
    /^(\d{1,12}):(.*)$/.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? []
  return CALL_ID.test(id) ? { startedAt: Number(startedAt), id } : undefined
}
