import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { Standing } from '../agents/call-center-actor.ts'
import type { Scope } from '../agents/scope.ts'
import type { Column } from './column-mapping.ts'
import { delimiterOf, rowsOf, type TableRow, tableOf } from './csv-reader.ts'
import { type ReadyRow, workOff } from './import-batch.ts'
import type { Duplicates, ImportReport, LeadImport, LeadImportStore } from './lead-import.ts'
import type { Ownership, Spelling } from './lead-input.ts'
import { ownerByDefault, ownerOf } from './lead-ownership.ts'
import type { CampaignSight } from './leads.ts'
import { wishOf } from './parse-lead-row.ts'
import { createReceiving } from './upload-limiter.ts'

/** Lists of leads, taken in while others go on working. */
export interface LeadImports {
  /**
   * Begins; what cannot be read at all is refused before anything is stored.
   * @param read takes the list from the client, as `decodeList` has it; not called where it may not send one now
   * @param signal of whoever sends it: where they leave before it has begun, it does not
   * @throws {Refusal} `input_invalid`, `not_found` for an agent or campaign, `conflict` with too many under way
   */
  start(
    who: Standing,
    read: () => Promise<readonly string[]>,
    wish: ImportWish,
    signal?: AbortSignal,
  ): Promise<LeadImport>
  /** @throws {Refusal} `not_found` */
  find(who: Standing, id: string): Promise<{ job: LeadImport; report: ImportReport }>
  /** Goes on with what an API has left behind that is no more. */
  resume(): Promise<void>
  /** Leaves what is under way to others, after the rows at hand. */
  close(): Promise<void>
}

export interface ImportWish {
  campaignId: string | null
  agentId: string | null
  duplicates: Duplicates
  dryRun: boolean
}

export interface LeadImportsNeeds {
  store: LeadImportStore
  agents: Pick<AgentStore, 'find'>
  campaigns: CampaignSight
  policy: () => Spelling
  now: () => number
  onTrouble: (err: unknown) => void
}

const ROWS = 500
/** Bad rows, and as many odd cells. */
const MOST_TOLD = 1_000
/** Seconds without a step, after which whoever worked at it is taken for dead. */
const ABANDONED_S = 15

export function createLeadImports(needs: LeadImportsNeeds): LeadImports {
  const { store, agents, campaigns, policy, now, onTrouble } = needs
  const nowS = () => Math.floor(now() / 1000)
  const working = new Set<Promise<void>>()
  const receive = createReceiving(store)
  let closing = false

  /** Whose leads with this agent are, and whether a campaign is seen: each asked once a list. */
  function createSight(scope: Scope, nobodys: Ownership) {
    const owners = new Map<string, Promise<Ownership>>()
    const seen = new Map<string, Promise<boolean>>()
    return {
      async owner(agentId: string): Promise<Ownership> {
        const asked = owners.get(agentId) ?? ownerOf(agents, scope, { agentId }, nobodys)
        owners.set(agentId, asked as Promise<Ownership>) // of an agent all is said
        return { ...nobodys, ...(await asked) }
      },
      async campaign(id: string): Promise<void> {
        const asked = seen.get(id) ?? campaigns.find(id, scope).then((one) => one !== undefined)
        seen.set(id, asked)
        if (!(await asked)) throw new Refusal('not_found', { detail: 'no such campaign' })
      },
    }
  }
  type Sight = ReturnType<typeof createSight>

  async function ready(row: TableRow, { order }: LeadImport, sight: Sight): Promise<ReadyRow> {
    const { line, headers, odd } = row
    const read = wishOf(row)
    const fault = (column: Column | null, reason: string) => ({
      line,
      fault: { line, column: (column && headers[column]) || null, reason },
    })
    if ('fault' in read) return fault(read.column, read.fault)
    const { wish } = read
    const agentId = wish.agentId ?? order.agentId
    const campaignId = wish.campaignId ?? order.campaignId
    let asked: Column = 'agentId'
    try {
      const owner = agentId === null ? undefined : await sight.owner(agentId)
      asked = 'campaignId'
      if (campaignId !== null) await sight.campaign(campaignId)
      asked = 'phone'
      const spellings = policy().spellings(wish.phone)
      const phone = headers.phone ?? null
      return { line, wish: { ...wish, campaignId: campaignId ?? undefined }, owner, spellings, phone, odd }
    } catch (err) {
      if (!(err instanceof Refusal) || err.code === 'unavailable') throw err
      return fault(asked, err.detail ?? err.code)
    }
  }

  /** Works a list off, from where it stands to its end, or until somebody else has gone on with it. */
  async function work(begun: LeadImport): Promise<void> {
    const sight = createSight(begun.order.scope, begun.order.owner)
    const seen = new Map<string, number>()
    let job: LeadImport | undefined = begun
    let rows: ReadyRow[] = []
    let skip = begun.done
    const step = async () => {
      if (job === undefined) return
      const taken = rows
      rows = []
      job = await store.batch(
        job,
        (leads) => workOff(leads, taken, begun.order, { policy: policy(), seen }),
        { mostTold: MOST_TOLD, now: nowS() },
      )
      await new Promise((resolve) => setImmediate(resolve))
    }
    for await (const row of rowsOf(store.partsOf(begun.id), begun.order.delimiter)) {
      if (closing || job === undefined) return
      if (skip > 0) {
        skip -= 1
        const past = await ready(row, begun, sight)
        if ('spellings' in past && !seen.has(past.spellings[0])) seen.set(past.spellings[0], past.line)
        continue
      }
      rows.push(await ready(row, begun, sight))
      if (rows.length === ROWS) await step()
    }
    if (rows.length > 0) await step()
    if (job !== undefined) await store.end(begun.id, 'done', nowS())
  }

  async function attempt(job: LeadImport): Promise<void> {
    try {
      await work(job)
    } catch (err) {
      onTrouble(err)
      // Storage that is away comes back, and somebody takes it up again.
      if (err instanceof Refusal && err.code === 'unavailable') return
      await store.end(job.id, 'failed', nowS()).catch(onTrouble)
    }
  }
  function keepWorking(job: LeadImport): Promise<void> {
    const done = attempt(job).finally(() => working.delete(done))
    working.add(done)
    return done
  }

  return {
    async start(who, read, { campaignId, agentId, duplicates, dryRun }, signal) {
      const owner = ownerByDefault(who)
      const sight = createSight(who.scope, owner)
      if (agentId !== null) await sight.owner(agentId)
      if (campaignId !== null) await sight.campaign(campaignId)
      const job = await receive(who.agent.id, async () => {
        const parts = await read()
        const delimiter = delimiterOf(parts[0] ?? '')
        const { columns, rows } = await tableOf(parts, delimiter, signal)
        let total = 0
        for await (const _ of rows) total += 1
        if (total === 0) throw new Refusal('input_invalid', { detail: 'the list has no rows' })
        const about = { delimiter, columns: columns.filter(({ header }) => header !== '') }
        const order = { ...about, duplicates, dryRun, campaignId, agentId, owner, scope: who.scope }
        return [{ agentId: who.agent.id, order, total }, parts, nowS()]
      })
      void keepWorking(job)
      return job
    },

    async find({ role, agent }, id) {
      const job = await store.find(id, role === 'admin' ? undefined : agent.id)
      if (job === undefined) throw new Refusal('not_found', { detail: 'no such import' })
      return { job, report: await store.reportOf(id, MOST_TOLD) }
    },

    async resume() {
      const job = await store.takeUp(nowS() - ABANDONED_S, nowS())
      if (job !== undefined && !closing) await keepWorking(job)
    },

    async close() {
      closing = true
      await Promise.all(working)
    },
  }
}
