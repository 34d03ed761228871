import { z } from 'zod'
import type { Scope } from '../agents/scope.ts'
import { LEAD_COLUMNS } from './column-mapping.ts'
import type { DoNotCallEntry } from './do-not-call.ts'
import type { Lead } from './lead.ts'
import type { LeadUpdate, NewLead } from './lead-store.ts'

/** How to handle a row if a lead within the scope has its number already. */
export const DUPLICATE_ACTIONS = ['skip', 'update', 'add'] as const
export type DuplicateAction = (typeof DUPLICATE_ACTIONS)[number]

/** How a list is imported. Stored with the import until it ends. */
export const ImportOptions = z.object({
  delimiter: z.enum([',', ';', '\t', '|']),
  /** Columns in file order; empty for imports stored by older releases. */
  columns: z.array(z.object({ header: z.string(), column: z.enum(LEAD_COLUMNS).nullable() })).default([]),
  /** The member for each column of the file, as the client chose them; null: by the headers. */
  mapping: z.array(z.enum(LEAD_COLUMNS).nullable()).nullable().default(null),
  /** Name of the file at the client. */
  fileName: z.string().nullable().default(null),
  duplicates: z.enum(DUPLICATE_ACTIONS),
  dryRun: z.boolean(),
  /** Used for rows without their own. */
  campaignId: z.string().nullable(),
  agentId: z.string().nullable(),
  /** Owner of a lead if neither its row nor the import names an agent. */
  owner: z.object({ agentId: z.string().nullable(), team: z.string().nullable() }),
  scope: z.union([
    z.object({ sees: z.literal('all') }),
    z.object({ sees: z.literal('team'), team: z.string(), agentId: z.string() }),
    z.object({ sees: z.literal('own'), agentId: z.string() }),
  ]),
})
export type ImportOptions = z.infer<typeof ImportOptions>

/** An import, running or finished. Times in unix seconds. */
export interface LeadImport {
  id: string
  agentId: string
  state: 'running' | 'done' | 'failed'
  options: ImportOptions
  total: number
  /** Rows done, counted from the start of the list. */
  processed: number
  added: number
  updated: number
  skipped: number
  rejected: number
  undo: ImportUndoProgress
  createdAt: number
  updatedAt: number
}

/**
 * `none`: there is nothing to undo, as after a dry run or in imports of older releases; `expired`: what it changed is
 * no longer stored.
 */
export const UNDO_STATES = ['none', 'possible', 'running', 'done', 'expired'] as const
export type UndoState = (typeof UNDO_STATES)[number]

/** How far the undo of an import is: leads that it removed, restored, or left as they are. */
export interface ImportUndoProgress {
  state: UndoState
  removed: number
  restored: number
  left: number
}

/** A cell, or a whole row if `column` is null, that was not imported as written. */
export interface ImportIssue {
  line: number
  /** Header in the list. */
  column: string | null
  reason: string
}

/** Errors and warnings of an import, by line; only the first of each are stored. */
export interface ImportReport {
  /** Rejected rows. */
  errors: ImportIssue[]
  /** Changed or ignored cells of imported rows, and rows that were skipped as duplicates. */
  warnings: ImportIssue[]
}

/** Result of some rows. */
export interface BatchResult {
  rows: number
  added: number
  updated: number
  skipped: number
  errors: readonly ImportIssue[]
  warnings: readonly ImportIssue[]
}

/** Lead operations within the transaction of a batch. */
export interface BatchLeads {
  /** Leads with one of these numbers within the scope, sorted by id. */
  findByNumber(numbers: readonly string[], scope: Scope): Promise<Lead[]>
  add(leads: readonly { lead: NewLead; doNotCall: DoNotCallEntry | undefined }[]): Promise<Lead[]>
  /** As `LeadStore.change`. */
  change(id: string, scope: Scope, update: (lead: Lead) => LeadUpdate): Promise<Lead>
}

export interface LeadImportStore {
  add(
    job: Pick<LeadImport, 'agentId' | 'options' | 'total'>,
    chunks: readonly string[],
    now: number,
  ): Promise<LeadImport>
  /** @param agentId only an import of this agent; undefined: any */
  find(id: string, agentId: string | undefined): Promise<LeadImport | undefined>
  /** Newest first. @param page `before`: only imports with a smaller id */
  list(
    agentId: string | undefined,
    page: { before?: string | undefined; limit: number },
  ): Promise<LeadImport[]>
  count(agentId: string | undefined): Promise<number>
  countRunning(agentId: string): Promise<number>
  findReport(id: string, limit: number): Promise<ImportReport>
  /** Claims a running import that no process has advanced since `before`. */
  claimAbandoned(before: number, now: number): Promise<LeadImport | undefined>
  readChunks(id: string): AsyncIterable<string>
  /**
   * Stores rows, counters and report in one transaction.
   * @param about `maxReported` limits the stored errors, and the stored warnings, of the whole import
   * @returns undefined if another process has advanced the import: then nothing is stored
   */
  runBatch(
    job: Pick<LeadImport, 'id' | 'processed'>,
    work: (leads: BatchLeads) => Promise<BatchResult>,
    about: { maxReported: number; now: number },
  ): Promise<LeadImport | undefined>
  /** Deletes the list; options, counters and report stay. */
  finish(id: string, state: 'done' | 'failed', now: number): Promise<void>
}
