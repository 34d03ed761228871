import { z } from '@hono/zod-openapi'
import { LEAD_COLUMNS } from '../../core/call-center/leads/column-mapping.ts'
import {
  DUPLICATE_ACTIONS,
  type ImportIssue,
  type ImportReport,
  type LeadImport,
} from '../../core/call-center/leads/lead-import.ts'
import type { ImportRequest } from '../../core/call-center/leads/lead-imports.ts'
import { Time } from '../openapi.ts'
import { IdJson, IdText, toIdJson } from './ids.ts'
import { iso } from './iso-time.ts'
import { toUpperEnum } from './wire.ts'

export const ImportQuery = z.object({
  campaignId: IdText.optional().openapi({ description: 'For rows without one' }),
  assignedAgentId: IdText.optional().openapi({ description: 'For rows without one' }),
  duplicates: z.enum(DUPLICATE_ACTIONS).default('skip').openapi({
    description:
      'Rows with the number of a lead that you may see: skip the row, update that lead, or add another lead',
  }),
  dryRun: z
    .stringbool()
    .default(false)
    .openapi({ type: 'boolean', description: 'Only report what the import would do' }),
})

/** The member of a lead's body that a column fills. */
const toColumnJson = (column: (typeof LEAD_COLUMNS)[number]) =>
  column === 'agentId' ? 'assignedAgentId' : column
const CellJson = z.object({
  line: z.int(),
  column: z.string().nullable().openapi({ description: 'The header of the column; null for the whole row' }),
  reason: z.string(),
})

export const ImportJson = z
  .object({
    id: IdJson,
    state: z.enum(['RUNNING', 'DONE', 'FAILED']),
    dryRun: z.boolean(),
    totalRows: z.int(),
    doneRows: z.int(),
    added: z.int(),
    updated: z.int(),
    skipped: z.int(),
    refused: z.int(),
    note: z
      .string()
      .nullable()
      .openapi({ description: 'If no lead was added or updated: why, as a text for people' }),
    columns: z
      .array(z.object({ header: z.string(), member: z.enum(LEAD_COLUMNS.map(toColumnJson)).nullable() }))
      .openapi({
        description: 'Columns of the file, and the member of a lead that each one fills; null: ignored',
      }),
    badRows: z.array(CellJson).openapi({ description: 'Rows that were rejected, by line: the first 1000' }),
    oddCells: z.array(CellJson).openapi({
      description:
        'Cells of accepted rows that were not imported as written, such as further phones, and rows with the number of a known lead: the first 1000',
    }),
    createdAt: Time,
    updatedAt: Time,
  })
  .openapi('CrmLeadImport')

export const toImportOptions = (query: z.infer<typeof ImportQuery>): ImportRequest => ({
  campaignId: query.campaignId ?? null,
  agentId: query.assignedAgentId ?? null,
  duplicates: query.duplicates,
  dryRun: query.dryRun,
})

export const toImportJson = (
  job: LeadImport,
  { errors, warnings }: ImportReport = { errors: [], warnings: [] },
): z.infer<typeof ImportJson> => ({
  id: toIdJson(job.id),
  state: toUpperEnum(job.state),
  dryRun: job.options.dryRun,
  totalRows: job.total,
  doneRows: job.processed,
  added: job.added,
  updated: job.updated,
  skipped: job.skipped,
  refused: job.rejected,
  note: importNote(job),
  columns: job.options.columns.map(({ header, column }) => ({
    header,
    member: column && toColumnJson(column),
  })),
  badRows: errors.map(toCellJson),
  oddCells: warnings.map(toCellJson),
  createdAt: iso(job.createdAt),
  updatedAt: iso(job.updatedAt),
})

const toCellJson = ({ line, column, reason }: ImportIssue) => ({ line, column, reason })

function importNote({ state, total, added, updated, skipped, rejected }: LeadImport): string | null {
  if (state === 'failed') return 'the import failed; the first doneRows rows were taken'
  if (state === 'running' || added + updated > 0) return null
  if (rejected === total) return 'no row was taken: see badRows'
  if (skipped === total) return 'all numbers are leads already, or twice in the list: see oddCells'
  return 'no row became a lead: see badRows and oddCells'
}
