import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { COLUMNS } from '../../core/call-center/leads/column-mapping.ts'
import { decodeList } from '../../core/call-center/leads/decode-csv.ts'
import {
  DUPLICATES,
  type ImportReport,
  type LeadImport,
  type OddCell,
} from '../../core/call-center/leads/lead-import.ts'
import type { ImportWish } from '../../core/call-center/leads/lead-imports.ts'
import { Refusal } from '../../core/refusal.ts'
import { Time } from '../openapi.ts'
import { IdText, idOf, iso, ShownId } from './params.ts'
import { loud } from './wire.ts'

export const ImportQuery = z.object({
  campaignId: IdText.optional().openapi({ description: 'For rows that name none' }),
  assignedAgentId: IdText.optional().openapi({ description: 'For rows that name none' }),
  duplicates: z.enum(DUPLICATES).default('skip').openapi({
    description: 'Rows whose number is a lead’s that you see: leave out, change that lead, or add another',
  }),
  dryRun: z
    .stringbool()
    .default(false)
    .openapi({ type: 'boolean', description: 'Tell what would become of it, and change nothing' }),
})

/** Members of a lead, as other bodies have them. */
const shownColumn = (column: (typeof COLUMNS)[number]) => (column === 'agentId' ? 'assignedAgentId' : column)
const ShownCell = z.object({
  line: z.int(),
  column: z.string().nullable().openapi({ description: 'As the list’s header has it; null: the whole row' }),
  reason: z.string(),
})

export const ShownImport = z
  .object({
    id: ShownId,
    state: z.enum(['RUNNING', 'DONE', 'FAILED']),
    dryRun: z.boolean(),
    totalRows: z.int(),
    doneRows: z.int(),
    added: z.int(),
    updated: z.int(),
    skipped: z.int(),
    refused: z.int(),
    note: z.string().nullable().openapi({ description: 'Where nothing became a lead: why, for people' }),
    columns: z
      .array(z.object({ header: z.string(), member: z.enum(COLUMNS.map(shownColumn)).nullable() }))
      .openapi({ description: 'Of the list, and what of a lead each is; null: left out' }),
    badRows: z.array(ShownCell).openapi({ description: 'Rows that were refused, by line: the first 1000' }),
    oddCells: z.array(ShownCell).openapi({
      description:
        'Of other rows, what was not taken as it is written: further phones, rows whose number is there. The first 1000',
    }),
    createdAt: Time,
    updatedAt: Time,
  })
  .openapi('CrmLeadImport')

export const importWish = (asked: z.infer<typeof ImportQuery>): ImportWish => ({
  campaignId: asked.campaignId ?? null,
  agentId: asked.assignedAgentId ?? null,
  duplicates: asked.duplicates,
  dryRun: asked.dryRun,
})

export const shownImport = (
  job: LeadImport,
  { bad, odd }: ImportReport = { bad: [], odd: [] },
): z.infer<typeof ShownImport> => ({
  id: idOf(job.id),
  state: loud(job.state),
  dryRun: job.order.dryRun,
  totalRows: job.total,
  doneRows: job.done,
  added: job.added,
  updated: job.updated,
  skipped: job.skipped,
  refused: job.refused,
  note: noteOf(job),
  columns: job.order.columns.map(({ header, column }) => ({ header, member: column && shownColumn(column) })),
  badRows: bad.map(shownCell),
  oddCells: odd.map(shownCell),
  createdAt: iso(job.createdAt),
  updatedAt: iso(job.updatedAt),
})

const shownCell = ({ line, column, reason }: OddCell) => ({ line, column, reason })

function noteOf({ state, total, added, updated, skipped, refused }: LeadImport): string | null {
  if (state === 'failed') return 'the import failed; the first doneRows rows were taken'
  if (state === 'running' || added + updated > 0) return null
  if (refused === total) return 'no row was taken: see badRows'
  if (skipped === total) return 'all numbers are leads already, or twice in the list: see oddCells'
  return 'no row became a lead: see badRows and oddCells'
}

/** nginx lets as much through. */
export const LIST_MIB = 32
const MOST_BYTES = LIST_MIB * 1_048_576
/** Browsers on Windows call CSV what Excel opens. */
const TYPE =
  /^(?:text\/(?:csv|x-csv|comma-separated-values|tab-separated-values|plain)|application\/(?:csv|x-csv|vnd\.ms-excel))\s*(?:;|$)/i

/**
 * @throws {Refusal} `input_invalid` for what is no text in its encoding, or breaks off; `input_too_large`
 */
export async function readCsv(c: Context): Promise<string[]> {
  const type = c.req.header('content-type')?.trim() ?? ''
  if (!TYPE.test(type)) fail('Content-Type must be text/csv')
  const [, charset] = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type) ?? []
  if (Number(c.req.header('content-length')) > MOST_BYTES) throw new Refusal('input_too_large')
  try {
    return await decodeList(bounded(c.req.raw.body), charset)
  } catch (err) {
    if (err instanceof Refusal) throw err
    // nginx hands it on as it comes: the client may be gone before its end.
    return fail('the list did not come whole')
  }
}

/** In chunks it may announce no length. */
async function* bounded(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new Refusal('input_too_large')
    yield chunk
  }
}

function fail(detail: string): never {
  throw new Refusal('input_invalid', { detail })
}
