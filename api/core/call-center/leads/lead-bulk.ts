import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { Scope } from '../agents/scope.ts'
import type { Lead, LeadStatus } from './lead.ts'
import { type LeadCount, MAX_COUNT, toLeadCount } from './lead-count.ts'
import { applyInput, type NumberNormalizer, type Ownership } from './lead-input.ts'
import { resolveOwner } from './lead-ownership.ts'
import type { LeadFilter } from './lead-search.ts'
import type { LeadUpdate } from './lead-store.ts'
import type { CampaignFinder } from './leads.ts'

/** The same change of many leads, in chunks that a client asks for one after the other. */
export interface LeadBulk {
  /** How many leads `run` would visit. */
  count(actor: CallCenterActor, target: BulkTarget): Promise<LeadCount>
  /**
   * Changes the next leads of the target, by id. Leads that are so already stay as they are.
   * @param position where the previous chunk has ended
   * @throws {Refusal} `forbidden`, `not_found` for an agent or campaign outside the scope, `input_invalid`
   */
  run(
    actor: CallCenterActor,
    target: BulkTarget,
    change: BulkChange,
    position: BulkPosition | undefined,
  ): Promise<BulkResult & { next: BulkPosition | undefined }>
}

export type BulkTarget = { ids: readonly string[] } | { filter: LeadFilter }

/** Members to set; omitted ones stay. */
export interface BulkChange {
  agentId?: string | null | undefined
  status?: LeadStatus | undefined
  campaignId?: string | null | undefined
}

/** The last lead of a chunk, and the newest one when the first chunk was read: later ones are not changed. */
export interface BulkPosition {
  after: string
  until: string
}

export interface BulkResult {
  changed: number
  unchanged: number
  refused: { id: string; reason: string }[]
}

export interface LeadBulkStore {
  count(scope: Scope, filter: LeadFilter, max: number): Promise<number>
  countIds(scope: Scope, ids: readonly string[]): Promise<number>
  /** @returns `0` without any lead */
  newestId(): Promise<string>
  /** Ids of leads that match, in their order, after one and up to another. */
  listIds(scope: Scope, filter: LeadFilter, range: BulkPosition, limit: number): Promise<string[]>
  /**
   * In one transaction. Leads outside the scope are left out.
   * @param decide undefined: the lead stays; a `Refusal` refuses this lead alone
   */
  changeMany(
    ids: readonly string[],
    scope: Scope,
    decide: (lead: Lead) => LeadUpdate | undefined,
    now: number,
  ): Promise<BulkResult>
}

export interface LeadBulkNeeds {
  store: LeadBulkStore
  agents: Pick<AgentStore, 'find'>
  campaigns: CampaignFinder
  policy: () => NumberNormalizer
  now: () => number
}

/** Leads of one chunk: as many are locked at once. */
export const BULK_CHUNK = 500

export function createLeadBulk({ store, agents, campaigns, policy, now }: LeadBulkNeeds): LeadBulk {
  /** The new owner of a lead. An unassigned lead stays in its team. */
  async function ownerOf(scope: Scope, agentId: string | null | undefined): Promise<Partial<Ownership>> {
    if (agentId === undefined) return {}
    if (scope.sees === 'own') throw new Refusal('forbidden')
    if (agentId === null) return { agentId }
    return resolveOwner(agents, scope, { agentId }, { agentId: null, team: null })
  }
  async function nextIds(scope: Scope, target: BulkTarget, position: BulkPosition | undefined) {
    if ('ids' in target) return { ids: [...target.ids], next: undefined }
    const range = position ?? { after: '0', until: await store.newestId() }
    const ids = await store.listIds(scope, target.filter, range, BULK_CHUNK)
    const last = ids.length === BULK_CHUNK ? ids.at(-1) : undefined
    return { ids, next: last === undefined ? undefined : { after: last, until: range.until } }
  }

  return {
    async count({ scope }, target) {
      if ('ids' in target) return { count: await store.countIds(scope, target.ids), isExact: true }
      return toLeadCount(await store.count(scope, target.filter, MAX_COUNT))
    },
    async run({ scope }, target, { agentId, status, campaignId }, position) {
      const owner = await ownerOf(scope, agentId)
      if (campaignId && (await campaigns.find(campaignId, scope)) === undefined) {
        throw new Refusal('not_found', { detail: 'no such campaign' })
      }
      const { ids, next } = await nextIds(scope, target, position)
      const decide = (lead: Lead) => {
        const isSame =
          (status === undefined || status === lead.status) &&
          (agentId === undefined || agentId === lead.agentId) &&
          (campaignId === undefined || campaignId === lead.campaignId)
        return isSame ? undefined : applyInput(lead, { status, campaignId }, owner, policy())
      }
      const result = await store.changeMany(ids, scope, decide, toUnixSeconds(now()))
      return { ...result, next }
    },
  }
}
