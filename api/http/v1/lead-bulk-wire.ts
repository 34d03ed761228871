import { z } from '@hono/zod-openapi'
import {
  BULK_CHUNK,
  type BulkChange,
  type BulkPosition,
  type BulkTarget,
} from '../../core/call-center/leads/lead-bulk.ts'
import type { NumberNormalizer } from '../../core/call-center/leads/lead-input.ts'
import { IdInput, IdOrNone, LeadFilterQuery, LeadId, LeadStatusJson, toLeadFilter } from './lead-wire.ts'
import { ListQuery, nextCursor, readCursor } from './paging.ts'
import { IdParam } from './wire.ts'

export const BulkBody = z
  .strictObject({
    ids: z.array(IdInput).min(1).max(BULK_CHUNK).optional(),
    filter: z.strictObject(LeadFilterQuery.shape).optional().openapi({
      description: 'As the query of the list; an empty one means all leads that I see',
    }),
    assign_to: IdOrNone.optional().openapi({
      description: 'The id of an agent; `none`: to no agent',
      example: 1,
    }),
    status: LeadStatusJson.optional(),
    campaign_id: IdOrNone.optional().openapi({ description: '`none`: out of its campaign', example: 1 }),
    dry_run: z.boolean().default(false).openapi({ description: 'Only count the leads' }),
    cursor: ListQuery.shape.cursor.openapi({ description: '`next_cursor` of the previous chunk' }),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), {
    message: 'needs either ids or filter',
    path: ['ids'],
  })
  .refine(
    ({ assign_to, status, campaign_id }) =>
      assign_to !== undefined || status !== undefined || campaign_id !== undefined,
    { message: 'needs assign_to, status or campaign_id', path: ['status'] },
  )
  .openapi('LeadBulkChange', { example: { ids: [1, 2], status: 'contacted' } })
export const BulkResultJson = z
  .object({
    matched: z.int().openapi({ description: 'Leads that fit; counted by a dry run alone, else 0' }),
    matched_is_exact: z.boolean(),
    changed: z.int().openapi({ description: 'In this chunk, as the following members' }),
    unchanged: z.int().openapi({ description: 'Leads that were so already' }),
    refused: z.array(z.object({ id: LeadId, reason: z.string() })),
    next_cursor: z
      .string()
      .nullable()
      .openapi({ description: 'Send the same with it for the next chunk; null at the end' }),
  })
  .openapi('LeadBulkResult')

/** @throws {Refusal} as `toLeadFilter` */
export const toBulkTarget = (
  { ids, filter }: z.output<typeof BulkBody>,
  policy: Pick<NumberNormalizer, 'prefixes'>,
): BulkTarget =>
  ids === undefined ? { filter: toLeadFilter(filter ?? {}, policy) } : { ids: ids.map(String) }

const toChangedId = (id: number | 'none' | undefined) =>
  id === 'none' ? null : id === undefined ? undefined : String(id)
export const toBulkChange = ({ assign_to, status, campaign_id }: z.output<typeof BulkBody>): BulkChange => ({
  agentId: toChangedId(assign_to),
  status,
  campaignId: toChangedId(campaign_id),
})

export const toBulkCursor = (next: BulkPosition | undefined): string | null =>
  next === undefined ? null : nextCursor([next], 1, ({ after, until }) => [after, until])
/** @throws {Refusal} `input_invalid` */
export function readBulkCursor(cursor: string | undefined): BulkPosition | undefined {
  const [after, until] = readCursor(cursor, z.tuple([IdParam, IdParam])) ?? []
  return after === undefined || until === undefined ? undefined : { after, until }
}
