import { z } from 'zod'
import type { Scope } from '../agents/scope.ts'
import { COLUMNS } from './column-mapping.ts'
import type { Barring } from './do-not-call.ts'
import type { Lead } from './lead.ts'
import type { Decision, NewLead } from './lead-store.ts'

/** What becomes of a row whose number somebody has already, within what is seen. */
export const DUPLICATES = ['skip', 'update', 'add'] as const
export type Duplicates = (typeof DUPLICATES)[number]

/** How a list is taken in, kept until it is done. */
export const ImportOrder = z.object({
  delimiter: z.enum([',', ';', '\t', '|']),
  /** Of the list, in its order; none of a list from before they were stored. */
  columns: z.array(z.object({ header: z.string(), column: z.enum(COLUMNS).nullable() })).default([]),
  duplicates: z.enum(DUPLICATES),
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
export type ImportOrder = z.infer<typeof ImportOrder>

/** A list that is taken in, or was. Times in unix seconds. */
export interface LeadImport {
  id: string
  agentId: string
  state: 'running' | 'done' | 'failed'
  order: ImportOrder
  total: number
  /** Rows dealt with; the first of the list. */
  done: number
  added: number
  updated: number
  skipped: number
  refused: number
  createdAt: number
  updatedAt: number
}

/** A cell, or a row where `column` is null, that was not taken as it is. */
export interface OddCell {
  line: number
  /** The header as the list has it. */
  column: string | null
  reason: string
}

/** What is told of a list beside its counters, by line; the first of each. */
export interface ImportReport {
  /** Rows that were refused. */
  bad: OddCell[]
  /** Of rows that were taken, or left out as their number is there: what became of their cells. */
  odd: OddCell[]
}

/** What came of some rows. */
export interface Tally {
  rows: number
  added: number
  updated: number
  skipped: number
  bad: readonly OddCell[]
  odd: readonly OddCell[]
}

/** Leads within the transaction of a batch. */
export interface BatchLeads {
  /** Those of the numbers that the scope shows, by id. */
  known(numbers: readonly string[], scope: Scope): Promise<Lead[]>
  add(leads: readonly { lead: NewLead; barred: Barring | undefined }[]): Promise<Lead[]>
  /** As `LeadStore` does it. */
  change(id: string, scope: Scope, decide: (lead: Lead) => Decision): Promise<Lead>
}

export interface LeadImportStore {
  add(
    job: Pick<LeadImport, 'agentId' | 'order' | 'total'>,
    parts: readonly string[],
    now: number,
  ): Promise<LeadImport>
  /** @param agentId whose it must be, where it matters */
  find(id: string, agentId: string | undefined): Promise<LeadImport | undefined>
  countRunning(agentId: string): Promise<number>
  reportOf(id: string, limit: number): Promise<ImportReport>
  /** Takes up one that is running and that nobody has moved since `before`. */
  takeUp(before: number, now: number): Promise<LeadImport | undefined>
  partsOf(id: string): AsyncIterable<string>
  /**
   * Rows, counters and report, all of it or nothing.
   * @param mostTold bad rows, and odd cells, that are stored of the whole list
   * @returns undefined where somebody else has gone on with it meanwhile: then nothing was done
   */
  batch(
    job: Pick<LeadImport, 'id' | 'done'>,
    work: (leads: BatchLeads) => Promise<Tally>,
    about: { mostTold: number; now: number },
  ): Promise<LeadImport | undefined>
  /** Forgets the list itself. */
  end(id: string, state: 'done' | 'failed', now: number): Promise<void>
}
