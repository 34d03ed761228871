import { retry } from '../../../../runtime/retry.ts'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import { invalidInput, Refusal } from '../../refusal.ts'
import { INVALID_TIME_ZONE, isTimeZone } from '../../values/time-zone.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { Scope } from '../agents/scope.ts'
import type { Campaign, CampaignRules, CampaignStatus, DialerMode } from './campaign.ts'
import { requireEditable, requireVisible, resolveCampaignTeam } from './campaign-access.ts'
import type { CampaignProgress, CampaignStore } from './campaign-store.ts'

export interface CampaignPatch {
  name?: string | undefined
  description?: string | null | undefined
  team?: string | null | undefined
  dialerMode?: DialerMode | undefined
  /** Rules that are not sent stay unchanged. */
  rules?: Partial<CampaignRules> | undefined
  agentIds?: readonly string[] | undefined
}

export interface CampaignWithProgress {
  campaign: Campaign
  progress: CampaignProgress
}

/**
 * Campaigns, as users add and change them. Agents see those they work in, supervisors their team's, admins all.
 * A campaign that a user may not see is `not_found`.
 */
export interface Campaigns {
  list(
    by: CallCenterActor,
    page: { status?: CampaignStatus | undefined; afterId?: string | undefined; limit: number },
  ): Promise<CampaignWithProgress[]>
  find(by: CallCenterActor, id: string): Promise<CampaignWithProgress>
  /** @throws {Refusal} `forbidden`, `input_invalid` */
  add(by: CallCenterActor, campaign: CampaignPatch & { name: string }): Promise<CampaignWithProgress>
  /**
   * Also while the campaign is active: the next call follows the new rules.
   * @throws {Refusal} `forbidden`, `input_invalid`, `not_found`, `stale`
   */
  update(
    by: CallCenterActor,
    id: string,
    patch: CampaignPatch,
    version: number | undefined,
  ): Promise<CampaignWithProgress>
}

export interface CampaignsNeeds {
  store: CampaignStore
  agents: Pick<AgentStore, 'findAll' | 'find'>
  /** IANA name, the default of new campaigns. */
  timeZone: string
  /** Names of the trunks that a campaign may use. */
  trunks: readonly string[]
  now(): number
}

export function createCampaigns(needs: CampaignsNeeds): Campaigns {
  const { store, agents, trunks } = needs
  const nowS = () => toUnixSeconds(needs.now())
  const defaults: CampaignRules = {
    callerId: null,
    startMinute: 9 * 60,
    endMinute: 21 * 60,
    weekdays: [1, 2, 3, 4, 5, 6],
    timeZone: needs.timeZone,
    maxAttempts: 3,
    retryMinutes: 30,
    retryMinutesOf: { busy: 5 },
    maxCalls: 10,
    // A single trunk is the default of all campaigns.
    trunk: trunks.length === 1 ? (trunks[0] ?? null) : null,
    wrapUpSeconds: 5,
  }

  async function withProgress(campaigns: readonly Campaign[]): Promise<CampaignWithProgress[]> {
    const progress = await store.progress(campaigns.map(({ id }) => id))
    return campaigns.map((campaign) => ({ campaign, progress: progress.get(campaign.id) ?? NO_PROGRESS }))
  }
  async function oneWithProgress(campaign: Campaign): Promise<CampaignWithProgress> {
    const [campaignWithProgress] = await withProgress([campaign])
    return campaignWithProgress ?? { campaign, progress: NO_PROGRESS }
  }

  /**
   * @param stored the rules so far: an old time zone that is no longer accepted does not prevent other changes
   * @throws {Refusal} `input_invalid`
   */
  function checkRules({ startMinute, endMinute, timeZone, trunk }: CampaignRules, stored?: CampaignRules) {
    if (startMinute >= endMinute) throw invalidInput('startTime must be before endTime')
    if (timeZone !== stored?.timeZone && !isTimeZone(timeZone))
      throw invalidInput(`timeZone ${INVALID_TIME_ZONE}`)
    if (trunk !== null && !trunks.includes(trunk)) {
      throw invalidInput(`trunk must be one of HOOKSWITCH_TRUNKS: ${trunks.join(', ') || 'it names none'}`)
    }
  }

  /** @throws {Refusal} `input_invalid` for an added agent outside the scope, and for one without a user (no phone) */
  async function checkAgents(ids: readonly string[], scope: Scope, members: readonly string[]) {
    const added = ids.filter((id) => !members.includes(id))
    const known = new Map((await agents.findAll(added)).map((agent) => [agent.id, agent]))
    for (const id of added) {
      const agent = known.get(id)
      const isVisible = agent !== undefined && (await agents.find(id, scope)) !== undefined
      if (!isVisible) throw invalidInput(`agentIds: agent ${id} is not one of yours`)
      if (agent.kind === 'ai') throw invalidInput(`agentIds: agent ${id} is an AI agent and has no phone`)
      if (agent.userId === null) throw invalidInput(`agentIds: agent ${id} has no user, and so no phone`)
    }
  }

  /** @throws {Refusal} `forbidden`, `input_invalid` */
  async function validateChange(
    by: CallCenterActor,
    stored: Campaign,
    { rules, team, agentIds, ...patch }: CampaignPatch,
  ) {
    if (team !== undefined && team !== stored.team) resolveCampaignTeam(by, team)
    const merged = { ...stored.rules, ...rules }
    if (rules !== undefined) checkRules(merged, stored.rules)
    if (agentIds !== undefined) await checkAgents(agentIds, by.scope, stored.agentIds)
    return {
      ...definedFields(patch),
      ...(team === undefined ? {} : { team }),
      ...(rules === undefined ? {} : { rules: merged }),
      ...(agentIds === undefined ? {} : { agentIds }),
    }
  }

  return {
    list: async ({ scope }, page) => withProgress(await store.list(scope, page)),
    find: async ({ scope }, id) => oneWithProgress(await requireVisible(store, scope, id)),

    async add(by, { name, description = null, team, dialerMode = 'progressive', rules, agentIds = [] }) {
      const merged = { ...defaults, ...rules }
      checkRules(merged)
      const ownerTeam = resolveCampaignTeam(by, team)
      await checkAgents(agentIds, by.scope, [])
      const campaign = { name, description, team: ownerTeam, dialerMode, rules: merged, agentIds }
      return oneWithProgress(await store.add(campaign, nowS()))
    },

    update(by, id, patch, version) {
      // The rules are merged with those that were read: a change by another user in between must not be overwritten.
      const readAndWrite = async () => {
        const stored = await requireEditable(store, by, id)
        const change = await validateChange(by, stored, patch)
        return oneWithProgress(await store.update(id, change, version ?? stored.version, nowS()))
      }
      return retry(readAndWrite, {
        delayMs(failures, err) {
          const mayRetry = version === undefined && failures < MAX_UPDATE_ATTEMPTS
          return mayRetry && err instanceof Refusal && err.code === 'stale' ? 0 : undefined
        },
      })
    },
  }
}

const NO_PROGRESS: CampaignProgress = { total: 0, waiting: 0, dialling: 0, done: 0, calls: 0, outcomes: {} }

/** If other users change the campaign at the same moment. */
const MAX_UPDATE_ATTEMPTS = 5

function definedFields({ name, description, dialerMode }: CampaignPatch) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(dialerMode === undefined ? {} : { dialerMode }),
  }
}
