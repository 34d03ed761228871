import { createPacedWork, type WorkClock } from '../../../../runtime/paced-work.ts'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { LeadColumn } from './column-mapping.ts'
import { readRows, readTable } from './csv-reader.ts'
import { detectDelimiter } from './detect-delimiter.ts'
import { importRows, type ValidatedRow } from './import-batch.ts'
import { createReferenceCheck, type ReferenceCheck } from './import-references.ts'
import type { ImportRow } from './import-row.ts'
import type {
  DuplicateAction,
  ImportOptions,
  ImportReport,
  LeadImport,
  LeadImportStore,
} from './lead-import.ts'
import type { NumberNormalizer } from './lead-input.ts'
import { defaultOwner } from './lead-ownership.ts'
import type { CampaignFinder } from './leads.ts'
import { parseLeadRow } from './parse-lead-row.ts'
import { createUploadLimiter } from './upload-limiter.ts'

/** Imports of lead lists, which run in the background. */
export interface LeadImports {
  /**
   * Starts an import. A list that cannot be parsed is rejected before anything is stored.
   * @param read reads the list from the client: see `decodeCsv`; not called if the actor may not start an import now
   * @param signal aborted when the client disconnects: then the import does not start
   * @throws {Refusal} `input_invalid`, `not_found` for an agent or campaign, `conflict` at the limit of imports
   */
  start(
    actor: CallCenterActor,
    read: () => Promise<readonly string[]>,
    request: ImportRequest,
    signal?: AbortSignal,
  ): Promise<LeadImport>
  /** @throws {Refusal} `not_found` */
  find(actor: CallCenterActor, id: string): Promise<{ job: LeadImport; report: ImportReport }>
  /** Own imports, or all for admins; newest first. */
  list(
    actor: CallCenterActor,
    page: { before?: string | undefined; limit: number },
  ): Promise<{ jobs: LeadImport[]; total: number }>
  /** Continues one import after its process has died. */
  resumeAbandoned(): Promise<void>
  /** Stops running imports after the current row; another process resumes them. */
  close(): Promise<void>
}

export interface ImportRequest {
  campaignId: string | null
  agentId: string | null
  duplicates: DuplicateAction
  dryRun: boolean
  /** By default it is detected. */
  delimiter?: ImportOptions['delimiter'] | undefined
  /** A member for each column; by default by the headers. */
  mapping?: readonly (LeadColumn | null)[] | undefined
  fileName?: string | undefined
}

export interface LeadImportsNeeds {
  store: LeadImportStore
  agents: Pick<AgentStore, 'find'>
  campaigns: CampaignFinder
  policy: () => NumberNormalizer
  now: () => number
  onError: (err: unknown) => void
  /** By default real time. */
  clock?: WorkClock
}

/** Rows of one transaction: as long, other requests wait for the store. */
const BATCH_ROWS = 100
/** Stored errors per import, and as many warnings. */
const MAX_REPORTED = 1_000
/** Seconds without progress after which the process of an import counts as dead. */
const ABANDONED_S = 15

export function createLeadImports(needs: LeadImportsNeeds): LeadImports {
  const { store, policy, now, onError, clock } = needs
  const nowS = () => toUnixSeconds(now())
  const running = new Set<Promise<void>>()
  const limitUpload = createUploadLimiter(store)
  let closing = false

  async function validateRow(
    row: ImportRow,
    { options }: LeadImport,
    references: ReferenceCheck,
  ): Promise<ValidatedRow> {
    const { line, headers, warnings } = row
    const read = parseLeadRow(row)
    const invalid = (column: LeadColumn | null, reason: string) => ({
      line,
      error: { line, column: (column && headers[column]) || null, reason },
    })
    if ('error' in read) return invalid(read.column, read.error)
    const { input } = read
    const agentId = input.agentId ?? options.agentId
    const campaignId = input.campaignId ?? options.campaignId
    let checkedColumn: LeadColumn = 'agentId'
    try {
      const owner = agentId === null ? undefined : await references.findOwner(agentId)
      checkedColumn = 'campaignId'
      if (campaignId !== null) await references.requireCampaign(campaignId)
      checkedColumn = 'phone'
      const variants = policy().variants(input.phone)
      const phoneHeader = headers.phone ?? null
      return {
        line,
        input: { ...input, campaignId: campaignId ?? undefined },
        owner,
        variants,
        phoneHeader,
        warnings,
      }
    } catch (err) {
      if (!(err instanceof Refusal) || err.code === 'unavailable') throw err
      return invalid(checkedColumn, err.detail ?? err.code)
    }
  }

  /** Imports the rows that are left, in batches. Ends early if another process has advanced the import. */
  async function runImport(initial: LeadImport): Promise<void> {
    const references = createReferenceCheck(needs, initial.options.scope, initial.options.owner)
    const seen = new Map<string, number>()
    const pace = createPacedWork(clock)
    let job: LeadImport | undefined = initial
    let rows: ValidatedRow[] = []
    let skip = initial.processed
    const flush = async () => {
      if (job === undefined) return
      const batch = rows
      rows = []
      job = await store.runBatch(
        job,
        (leads) => importRows(leads, batch, initial.options, { policy: policy(), seen }),
        { maxReported: MAX_REPORTED, now: nowS() },
      )
      await pace()
    }
    for await (const row of readRows(store.readChunks(initial.id), initial.options)) {
      if (closing || job === undefined) return
      if (skip > 0) {
        skip -= 1
        const earlierRow = await validateRow(row, initial, references)
        if ('variants' in earlierRow && !seen.has(earlierRow.variants[0]))
          seen.set(earlierRow.variants[0], earlierRow.line)
        await pace()
        continue
      }
      rows.push(await validateRow(row, initial, references))
      if (rows.length === BATCH_ROWS) await flush()
    }
    if (rows.length > 0) await flush()
    if (job !== undefined) await store.finish(initial.id, 'done', nowS())
  }

  async function runOrFail(job: LeadImport): Promise<void> {
    try {
      await runImport(job)
    } catch (err) {
      onError(err)
      // The store will be back: `resumeAbandoned` continues the import.
      if (err instanceof Refusal && err.code === 'unavailable') return
      await store.finish(job.id, 'failed', nowS()).catch(onError)
    }
  }
  function runTracked(job: LeadImport): Promise<void> {
    const done = runOrFail(job).finally(() => running.delete(done))
    running.add(done)
    return done
  }

  return {
    async start(actor, read, { delimiter, mapping, fileName, ...request }, signal) {
      const { campaignId, agentId } = request
      const owner = defaultOwner(actor)
      const references = createReferenceCheck(needs, actor.scope, owner)
      if (agentId !== null) await references.findOwner(agentId)
      if (campaignId !== null) await references.requireCampaign(campaignId)
      const job = await limitUpload(actor.agent.id, async () => {
        const chunks = await read()
        const format = {
          delimiter: delimiter ?? detectDelimiter(chunks[0] ?? ''),
          mapping: mapping === undefined ? null : [...mapping],
        }
        const { columns, rows } = await readTable(chunks, format, signal)
        const pace = createPacedWork(clock)
        let total = 0
        for await (const _ of rows) {
          total += 1
          await pace()
        }
        if (total === 0) throw new Refusal('input_invalid', { detail: 'the list has no rows' })
        const options = {
          ...format,
          ...request,
          columns: columns.filter(({ header }) => header !== ''),
          fileName: fileName ?? null,
          owner,
          scope: actor.scope,
        }
        return [{ agentId: actor.agent.id, options, total }, chunks, nowS()]
      })
      void runTracked(job)
      return job
    },

    async find({ role, agent }, id) {
      const job = await store.find(id, role === 'admin' ? undefined : agent.id)
      if (job === undefined) throw new Refusal('not_found', { detail: 'no such import' })
      return { job, report: await store.findReport(id, MAX_REPORTED) }
    },

    async list({ role, agent }, page) {
      const owner = role === 'admin' ? undefined : agent.id
      const [jobs, total] = await Promise.all([store.list(owner, page), store.count(owner)])
      return { jobs, total }
    },

    async resumeAbandoned() {
      const job = await store.claimAbandoned(nowS() - ABANDONED_S, nowS())
      if (job !== undefined && !closing) await runTracked(job)
    },

    async close() {
      closing = true
      await Promise.all(running)
    },
  }
}
