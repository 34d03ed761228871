import { z } from '@hono/zod-openapi'
import { MAX_LINK_MINUTES, type MediaLink } from '../../core/auth/media-links.ts'
import { CALL_DIRECTIONS, CALL_OUTCOMES } from '../../core/calls/call.ts'
import type {
  CallRecord,
  HistoryCursor,
  HistoryFilter,
  HistoryPage,
  HistoryTotal,
} from '../../core/calls/call-history.ts'
import { CALL_ID } from '../../core/calls/call-id.ts'
import { toHistorySearch } from '../../core/calls/history-search.ts'
import { isMissedBy } from '../../core/calls/missed-calls.ts'
import type { DialPolicy } from '../../core/dial-policy/dial-policy.ts'
import { DelimiterQuery } from '../csv-writer.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { PhoneNumberParam, TimestampParam } from '../query-params.ts'
import { CallId, UserId } from './wire.ts'

const PastCallId = CallId.openapi({ example: '1769860800.42' })

export const HistoryFilterQuery = z.object({
  from: TimestampParam.optional().openapi({
    description: 'Calls that began then or later. ISO 8601; a mere date is its midnight in UTC',
  }),
  until: TimestampParam.optional().openapi({ description: 'Calls that began before' }),
  direction: z.enum(CALL_DIRECTIONS).optional(),
  outcome: z.enum(CALL_OUTCOMES).optional(),
  number: PhoneNumberParam.optional().openapi({
    description: 'The number of either side, or how it begins, in any spelling',
    example: '+4930',
  }),
  q: z.string().trim().min(1).max(100).optional().openapi({
    description:
      'Words that must be in the numbers and names of the call, or a number in any spelling. A page may be short, or empty, and have a `next_cursor`: go on',
    example: 'ana garcía',
  }),
  missed: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .openapi({ type: 'boolean', description: '`true`: only calls that I missed' }),
  user_id: UserId.optional().openapi({
    description: 'Only calls of this user; for supervisors and admins, within what they see',
  }),
})
export const HistoryCsvQuery = HistoryFilterQuery.extend({ delimiter: DelimiterQuery })
export const HistoryPageQuery = HistoryFilterQuery.extend({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z
    .string()
    .regex(/^[\w-]{1,240}$/, 'must be a cursor that we gave')
    .optional(),
})
export const PastCallParams = z.object({ id: PastCallId })
export const RecordingLinkBody = z
  .object({ minutes: z.number().int().min(1).max(MAX_LINK_MINUTES).optional() })
  .openapi('LinkWish', { example: { minutes: 180 } })

const PartyJson = z.object({ number: z.string(), name: z.string() })
export const PastCallJson = z
  .object({
    id: PastCallId,
    direction: z.enum(CALL_DIRECTIONS),
    from: PartyJson,
    to: PartyJson,
    started_at: Time,
    answered_at: Time.nullable(),
    ended_at: Time,
    duration: z.number().int().min(0).openapi({ description: 'Seconds from start to end' }),
    billable: z.number().int().min(0).openapi({ description: 'Seconds from answer to end' }),
    outcome: z.enum(CALL_OUTCOMES),
    cause: z.number().int().nullable().openapi({ description: 'Q.850' }),
    missed: z.boolean().openapi({ description: 'Whether I missed it' }),
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
      .openapi({ description: 'The users with a phone in it, or that should have been' }),
  })
  .openapi('PastCall')
export const CallHistoryJson = z
  .object({
    calls: z.array(PastCallJson),
    next_cursor: z.string().nullable(),
    total: z.number().int().min(0).openapi({ description: 'All that match, if `total_is_exact`' }),
    total_is_exact: z.boolean().openapi({
      description:
        'False where only the newest 10 000 calls of the user and the time span were counted: at least `total` match',
    }),
  })
  .openapi('CallHistory')
export const RecordingLinkJson = z
  .object({
    url: z.string().openapi({ description: 'Path and query, behind the host of this API' }),
    expires_at: Time,
    links: z
      .array(z.object({ name: z.string(), url: z.string(), expires_at: Time }))
      .openapi({ description: 'One for each recording, the first first; `url` is that of the first' }),
  })
  .openapi('RecordingLink')

/** @param userId of the user who asks @throws {Refusal} `input_invalid` for an invalid phone number */
export const toHistoryFilter = (
  query: z.infer<typeof HistoryFilterQuery>,
  policy: Pick<DialPolicy, 'prefixes'>,
  userId: string,
): HistoryFilter => ({
  ...(query.from === undefined ? {} : { from: query.from }),
  ...(query.until === undefined ? {} : { until: query.until }),
  ...(query.direction === undefined ? {} : { direction: query.direction }),
  ...(query.outcome === undefined ? {} : { outcome: query.outcome }),
  ...(query.number === undefined ? {} : { numbers: policy.prefixes(query.number) }),
  ...(query.q === undefined ? {} : { search: toHistorySearch(query.q, policy.prefixes) }),
  ...(query.missed === true ? { missedBy: userId } : {}),
  ...(query.user_id === undefined ? {} : { userId: query.user_id }),
})

/** @param userId of the user who asks */
export const toPastCallJson = (one: CallRecord, userId: string): z.infer<typeof PastCallJson> => ({
  id: one.id,
  direction: one.direction,
  from: { number: one.fromNumber, name: one.fromName },
  to: { number: one.toNumber, name: one.toName },
  started_at: toIsoTime(one.startedAt),
  answered_at: one.answeredAt === null ? null : toIsoTime(one.answeredAt),
  ended_at: toIsoTime(one.endedAt),
  duration: one.duration,
  billable: one.billable,
  outcome: one.outcome,
  cause: one.cause,
  missed: isMissedBy(one, userId),
  recorded: one.recordings.length > 0,
  recordings: one.recordings.map((path) => ({ name: fileNameOf(path) })),
  parties: one.parties.map(({ userId, extension, answered }) => ({ user_id: userId, extension, answered })),
})

/** @param userId of the user who asks */
export const toCallHistoryJson = (
  { calls, next }: HistoryPage,
  { count, isExact }: HistoryTotal,
  userId: string,
): z.infer<typeof CallHistoryJson> => ({
  calls: calls.map((one) => toPastCallJson(one, userId)),
  next_cursor: next === undefined ? null : encodeHistoryCursor(next),
  total: count,
  total_is_exact: isExact,
})

/** @param links of a recorded call: at least one */
export function toRecordingLinkJson(
  links: readonly (MediaLink & { path: string })[],
): z.infer<typeof RecordingLinkJson> {
  const shown = links.map(({ path, url, expiresAt }) => ({
    name: fileNameOf(path),
    url,
    expires_at: toIsoTime(expiresAt),
  }))
  const [{ url, expires_at } = { url: '', expires_at: '' }] = shown
  return { url, expires_at, links: shown }
}

/** Hides the PBX's folders from clients. */
const fileNameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)

const encodeHistoryCursor = ({ startedAt, id }: HistoryCursor) =>
  Buffer.from(`${startedAt}:${id}`).toString('base64url')

/** @returns undefined for a malformed cursor */
export function decodeHistoryCursor(text: string): HistoryCursor | undefined {
  const [, startedAt = '', id = ''] =
    /^(\d{1,12}):(.*)$/.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? []
  return CALL_ID.test(id) ? { startedAt: Number(startedAt), id } : undefined
}
