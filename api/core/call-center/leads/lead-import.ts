import { z } from 'zod'
import type { Scope } from '../agents/scope.ts'
import { LEAD_COLUMNS } from './column-mapping.ts'
import type { DoNotCallEntry } from './do-not-call.ts'
import type { Lead } from './lead.ts'
import type { LeadUpdate, NewLead } from './lead-store.ts'

/** What becomes of a row whose number somebody has already, within what is seen. */
export const DUPLICATE_ACTIONS = ['skip', 'update', 'add'] as const
export type DuplicateAction = (typeof DUPLICATE_ACTIONS)[number]

/** How a list is taken in, kept until it is done. */
export const ImportOptions = z.object({
  delimiter: z.enum([',', ';', '\t', '|']),
  /** Of the list, in its order; none of a list from before they were stored. */
  columns: z.array(z.object({ header: z.string(), column: z.enum(LEAD_COLUMNS).nullable() })).default([]),
  duplicates: z.enum(DUPLICATE_ACTIONS),
  dryRun: z.boolean(),
  /** For rows that name none. */
  campaignId: z.string().nullable(),
  agentId: z.string().nullable(),
  /** Whose a lead becomes without an agent. */
  owner: z.object({ agentId: z.string().nullable(), team: z.string().nullable() }),
  scope: z.union([
    z.object({ sees: z.literal('all') }),
    z.object({ sees: z.literal('team'), team: z.string(), agentId: z.string() }),
    z.object({ sees: z.literal('own'), agentId: z.string() }),
  ]),
})
export type ImportOptions = z.infer<typeof ImportOptions>

/** A list that is taken in, or was. Times in unix seconds. */
export interface LeadImport {
  id: string
  agentId: string
  state: 'running' | 'done' | 'failed'
  options: ImportOptions
  total: number
  /** Rows dealt with; the first of the list. */
  processed: number
  added: number
  updated: number
  skipped: number
  rejected: number
  createdAt: number
  updatedAt: number
}

/** A cell, or a row where `column` is null, that was not taken as it is. */
export interface ImportIssue {
  line: number
  /** The header as the list has it. */
  column: string | null
  reason: string
}

/** What is told of a list beside its counters, by line; the first of each. */
export interface ImportReport {
  /** Rows that were refused. */
  errors: ImportIssue[]
  /** Of rows that were taken, or left out as their number is there: what became of their cells. */
  warnings: ImportIssue[]
}

/** What came of some rows. */
export interface BatchResult {
  rows: number
  added: number
  updated: number
  skipped: number
  errors: readonly ImportIssue[]
  warnings: readonly ImportIssue[]
}

/** Leads within the transaction of a batch. */
export interface BatchLeads {
  /** Those of the numbers that the scope shows, by id. */
  findByNumber(numbers: readonly string[], scope: Scope): Promise<Lead[]>
  add(leads: readonly { lead: NewLead; doNotCall: DoNotCallEntry | undefined }[]): Promise<Lead[]>
  /** As `LeadStore` does it. */
  change(id: string, scope: Scope, update: (lead: Lead) => LeadUpdate): Promise<Lead>
}

export interface LeadImportStore {
  add(
    job: Pick<LeadImport, 'agentId' | 'options' | 'total'>,
    chunks: readonly string[],
    now: number,
  ): Promise<LeadImport>
  /** @param agentId whose it must be, where it matters */
  find(id: string, agentId: string | undefined): Promise<LeadImport | undefined>
  countRunning(agentId: string): Promise<number>
  findReport(id: string, limit: number): Promise<ImportReport>
  /** Takes up one that is running and that nobody has moved since `before`. */
  claimAbandoned(before: number, now: number): Promise<LeadImport | undefined>
  readChunks(id: string): AsyncIterable<string>
  /**
   * Rows, counters and report, all of it or nothing.
   * @param mostTold bad rows, and odd cells, that are stored of the whole list
   * @returns undefined where somebody else has gone on with it meanwhile: then nothing was done
   */
  runBatch(
    job: Pick<LeadImport, 'id' | 'processed'>,
    work: (leads: BatchLeads) => Promise<BatchResult>,
    about: { maxReported: number; now: number },
  ): Promise<LeadImport | undefined>
  /** Forgets the list itself. */
  finish(id: string, state: 'done' | 'failed', now: number): Promise<void>
}
