import { z } from '@hono/zod-openapi'
import { LEAD_COLUMNS, type LeadColumn, MAX_COLUMNS } from '../../core/call-center/leads/column-mapping.ts'
import type { ImportPreview } from '../../core/call-center/leads/import-preview.ts'
import { LEFT_REASONS } from '../../core/call-center/leads/import-undo.ts'
import {
  DUPLICATE_ACTIONS,
  type ImportReport,
  type LeadImport,
  UNDO_STATES,
} from '../../core/call-center/leads/lead-import.ts'
import type { LeftLead } from '../../core/call-center/leads/lead-import-undo.ts'
import type { ImportRequest } from '../../core/call-center/leads/lead-imports.ts'
import { IdText } from '../../core/values/id.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { LeadId } from './lead-wire.ts'
import { paged } from './paging.ts'

/** Accepts a larger body than other routes: see `http/app.ts` and `nginx/api.conf`. */
export const LEAD_IMPORTS_PATH = '/lead-imports'

const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t', bar: '|' } as const
const DelimiterName = z.enum(Object.keys(DELIMITERS) as (keyof typeof DELIMITERS)[]) // the keys of a constant
/** The wire's names of the columns, in the order of `LEAD_COLUMNS`. */
const toMember = (column: LeadColumn) => column.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)
const COLUMN_OF = new Map(LEAD_COLUMNS.map((column) => [toMember(column), column]))
const MemberName = z.enum(LEAD_COLUMNS.map(toMember))

const Columns = z
  .string()
  .max(2_000)
  .transform((text) => text.split(','))
  .pipe(
    z
      .array(
        z.union([
          z.literal('').transform(() => null),
          MemberName.transform((name) => COLUMN_OF.get(name) ?? null),
        ]),
      )
      .max(MAX_COLUMNS),
  )
  .openapi({
    type: 'string',
    description: `The member of each column of the file, in its order, separated by commas; nothing: the column is ignored. By default by the headers. One of ${[...COLUMN_OF.keys()].join(', ')}`,
    example: 'first_name,last_name,phone,,email',
  })

export const PreviewQuery = z.object({ delimiter: DelimiterName.optional() })
export const ImportQuery = z.object({
  campaign_id: IdText.optional().openapi({ type: 'string', description: 'For rows without one' }),
  agent_id: IdText.optional().openapi({ type: 'string', description: 'For rows without one' }),
  duplicates: z.enum(DUPLICATE_ACTIONS).default('skip').openapi({
    description:
      'Rows with the number of a lead that I see: skip the row, update that lead, or add another one',
  }),
  dry_run: z
    .stringbool()
    .default(false)
    .openapi({ type: 'boolean', description: 'Only report what it would do' }),
  delimiter: DelimiterName.optional().openapi({ description: 'By default it is recognised' }),
  columns: Columns.optional(),
  file_name: z
    .string()
    .regex(/^[^\p{C}]{1,200}$/u, 'must be 1 to 200 characters in one line')
    .optional()
    .openapi({ description: 'Shown in the list of imports' }),
})

const ColumnJson = z.object({ header: z.string(), member: MemberName.nullable() })
export const PreviewJson = z
  .object({
    delimiter: DelimiterName,
    columns: z
      .array(ColumnJson)
      .openapi({ description: 'All columns, with the member that each header suggests' }),
    rows: z.array(z.array(z.string())).openapi({ description: 'The first 10 rows, a cell for each column' }),
  })
  .openapi('LeadImportPreview')

const CellJson = z.object({
  line: z.int(),
  column: z.string().nullable().openapi({ description: 'The header of the column; null for the whole row' }),
  reason: z.string(),
})
const importMembers = {
  id: LeadId,
  file_name: z.string().nullable(),
  state: z.enum(['running', 'done', 'failed']),
  dry_run: z.boolean(),
  duplicates: z.enum(DUPLICATE_ACTIONS),
  total_rows: z.int(),
  done_rows: z.int(),
  added: z.int(),
  updated: z.int(),
  skipped: z.int(),
  refused: z.int(),
  undo: z.object({
    state: z.enum(UNDO_STATES).openapi({
      description: '`none`: there is nothing to undo; `expired`: what it changed is no longer stored',
    }),
    removed: z.int().openapi({ description: 'Leads of the import that were removed again' }),
    restored: z.int().openapi({ description: 'Leads that are as they were before the import' }),
    left: z.int().openapi({ description: 'Leads that were not changed back' }),
  }),
  created_at: Time,
  updated_at: Time,
}
export const LeadImportJson = z.object(importMembers).openapi('LeadImport')
export const LeadImportDetailJson = z
  .object({
    ...importMembers,
    columns: z.array(ColumnJson),
    bad_rows: z.array(CellJson).openapi({
      description: 'Rows that were refused, by line: the first 1000. Empty while the import is running',
    }),
    odd_cells: z.array(CellJson).openapi({
      description:
        'Cells of accepted rows that were not taken as they are: the first 1000. Empty while it is running',
    }),
    left_leads: z
      .array(
        z.object({
          id: LeadId,
          name: z.string().nullable().openapi({ description: 'Null if it was deleted' }),
          reason: z.enum(LEFT_REASONS),
        }),
      )
      .openapi({ description: 'Leads that the undo has not changed, by id: the first 1000' }),
  })
  .openapi('LeadImportDetail')
export const LeadImportListJson = z
  .object({ imports: z.array(LeadImportJson), ...paged })
  .openapi('LeadImportList')

export const toImportRequest = (query: z.output<typeof ImportQuery>): ImportRequest => ({
  campaignId: query.campaign_id ?? null,
  agentId: query.agent_id ?? null,
  duplicates: query.duplicates,
  dryRun: query.dry_run,
  delimiter: toDelimiter(query.delimiter),
  mapping: query.columns,
  fileName: query.file_name,
})

export const toDelimiter = (name: z.output<typeof DelimiterName> | undefined) =>
  name === undefined ? undefined : DELIMITERS[name]

const toDelimiterName = (delimiter: ImportPreview['delimiter']) =>
  DelimiterName.options.find((name) => DELIMITERS[name] === delimiter) ?? 'comma'

const toColumnJson = ({ header, column }: ImportPreview['columns'][number]) => ({
  header,
  member: column && toMember(column),
})

export const toPreviewJson = ({ delimiter, columns, rows }: ImportPreview): z.infer<typeof PreviewJson> => ({
  delimiter: toDelimiterName(delimiter),
  columns: columns.map(toColumnJson),
  rows: rows.map((cells) => [...cells]),
})

export const toLeadImportJson = (job: LeadImport): z.infer<typeof LeadImportJson> => ({
  id: Number(job.id),
  file_name: job.options.fileName,
  state: job.state,
  dry_run: job.options.dryRun,
  duplicates: job.options.duplicates,
  total_rows: job.total,
  done_rows: job.processed,
  added: job.added,
  updated: job.updated,
  skipped: job.skipped,
  refused: job.rejected,
  undo: job.undo,
  created_at: toIsoTime(job.createdAt),
  updated_at: toIsoTime(job.updatedAt),
})

export const toLeadImportDetailJson = (
  job: LeadImport,
  { errors, warnings }: ImportReport,
  left: readonly LeftLead[],
): z.infer<typeof LeadImportDetailJson> => ({
  ...toLeadImportJson(job),
  columns: job.options.columns.map(toColumnJson),
  bad_rows: job.state === 'running' ? [] : errors,
  odd_cells: job.state === 'running' ? [] : warnings,
  left_leads: left.map(({ leadId, name, reason }) => ({ id: Number(leadId), name, reason })),
})
