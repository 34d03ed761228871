import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { Scope } from '../agents/scope.ts'
import type { LeadColumn } from './column-mapping.ts'
import { detectDelimiter, readRows, readTable, type TableRow } from './csv-reader.ts'
import { importRows, type ValidatedRow } from './import-batch.ts'
import type { DuplicateAction, ImportReport, LeadImport, LeadImportStore } from './lead-import.ts'
import type { NumberNormalizer, Ownership } from './lead-input.ts'
import { defaultOwner, resolveOwner } from './lead-ownership.ts'
import type { CampaignFinder } from './leads.ts'
import { parseLeadRow } from './parse-lead-row.ts'
import { createUploadLimiter } from './upload-limiter.ts'

/** Lists of leads, taken in while others go on working. */
export interface LeadImports {
  /**
   * Begins; what cannot be read at all is refused before anything is stored.
   * @param read takes the list from the client, as `decodeList` has it; not called where it may not send one now
   * @param signal of whoever sends it: where they leave before it has begun, it does not
   * @throws {Refusal} `input_invalid`, `not_found` for an agent or campaign, `conflict` with too many under way
   */
  start(
    actor: CallCenterActor,
    read: () => Promise<readonly string[]>,
    request: ImportRequest,
    signal?: AbortSignal,
  ): Promise<LeadImport>
  /** @throws {Refusal} `not_found` */
  find(actor: CallCenterActor, id: string): Promise<{ job: LeadImport; report: ImportReport }>
  /** Goes on with what an API has left behind that is no more. */
  resumeAbandoned(): Promise<void>
  /** Leaves what is under way to others, after the rows at hand. */
  close(): Promise<void>
}

export interface ImportRequest {
  campaignId: string | null
  agentId: string | null
  duplicates: DuplicateAction
  dryRun: boolean
}

export interface LeadImportsNeeds {
  store: LeadImportStore
  agents: Pick<AgentStore, 'find'>
  campaigns: CampaignFinder
  policy: () => NumberNormalizer
  now: () => number
  onError: (err: unknown) => void
}

const BATCH_ROWS = 500
/** Bad rows, and as many odd cells. */
const MAX_REPORTED = 1_000
/** Seconds without a step, after which whoever worked at it is taken for dead. */
const ABANDONED_S = 15

export function createLeadImports(needs: LeadImportsNeeds): LeadImports {
  const { store, agents, campaigns, policy, now, onError } = needs
  const nowS = () => toUnixSeconds(now())
  const running = new Set<Promise<void>>()
  const limitUpload = createUploadLimiter(store)
  let closing = false

  /** Whose leads with this agent are, and whether a campaign is seen: each asked once a list. */
  function createReferenceCheck(scope: Scope, defaultOwner: Ownership) {
    const owners = new Map<string, Promise<Ownership>>()
    const campaignCache = new Map<string, Promise<boolean>>()
    return {
      async findOwner(agentId: string): Promise<Ownership> {
        const asked = owners.get(agentId) ?? resolveOwner(agents, scope, { agentId }, defaultOwner)
        owners.set(agentId, asked as Promise<Ownership>) // of an agent all is said
        return { ...defaultOwner, ...(await asked) }
      },
      async requireCampaign(id: string): Promise<void> {
        const asked = campaignCache.get(id) ?? campaigns.find(id, scope).then((one) => one !== undefined)
        campaignCache.set(id, asked)
        if (!(await asked)) throw new Refusal('not_found', { detail: 'no such campaign' })
      },
    }
  }
  type ReferenceCheck = ReturnType<typeof createReferenceCheck>

  async function validateRow(
    row: TableRow,
    { options }: LeadImport,
    references: ReferenceCheck,
  ): Promise<ValidatedRow> {
    const { line, headers, warnings } = row
    const read = parseLeadRow(row)
    const invalid = (column: LeadColumn | null, reason: string) => ({
      line,
      error: { line, column: (column && headers[column]) || null, reason },
    })
    if ('fault' in read) return invalid(read.column, read.fault)
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

  /** Works a list off, from where it stands to its end, or until somebody else has gone on with it. */
  async function runImport(initial: LeadImport): Promise<void> {
    const references = createReferenceCheck(initial.options.scope, initial.options.owner)
    const seen = new Map<string, number>()
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
      await new Promise((resolve) => setImmediate(resolve))
    }
    for await (const row of readRows(store.readChunks(initial.id), initial.options.delimiter)) {
      if (closing || job === undefined) return
      if (skip > 0) {
        skip -= 1
        const earlierRow = await validateRow(row, initial, references)
        if ('variants' in earlierRow && !seen.has(earlierRow.variants[0]))
          seen.set(earlierRow.variants[0], earlierRow.line)
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
      // Storage that is away comes back, and somebody takes it up again.
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
    async start(who, read, { campaignId, agentId, duplicates, dryRun }, signal) {
      const owner = defaultOwner(who)
      const sight = createReferenceCheck(who.scope, owner)
      if (agentId !== null) await sight.findOwner(agentId)
      if (campaignId !== null) await sight.requireCampaign(campaignId)
      const job = await limitUpload(who.agent.id, async () => {
        const parts = await read()
        const delimiter = detectDelimiter(parts[0] ?? '')
        const { columns, rows } = await readTable(parts, delimiter, signal)
        let total = 0
        for await (const _ of rows) total += 1
        if (total === 0) throw new Refusal('input_invalid', { detail: 'the list has no rows' })
        const about = { delimiter, columns: columns.filter(({ header }) => header !== '') }
        const options = { ...about, duplicates, dryRun, campaignId, agentId, owner, scope: who.scope }
        return [{ agentId: who.agent.id, options, total }, parts, nowS()]
      })
      void runTracked(job)
      return job
    },

    async find({ role, agent }, id) {
      const job = await store.find(id, role === 'admin' ? undefined : agent.id)
      if (job === undefined) throw new Refusal('not_found', { detail: 'no such import' })
      return { job, report: await store.findReport(id, MAX_REPORTED) }
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
