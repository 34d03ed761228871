import type { Call, CallOutcome } from '../../calls/call.ts'
import type { CallTracker } from '../../calls/call-tracker.ts'
import type { Directory } from '../../directory/directory.ts'
import { AGENT_STATUSES, type Agent, type AgentStatus } from '../agents/agent.ts'
import type { Scope } from '../agents/scope.ts'
import type { AgentCallCounts, AgentPresence, CallStatsStore, TimeRange } from './call-stats-store.ts'

/** Current state of a scope, and its calls of today. */
export interface RealtimeCounts {
  /** Whether the PBX is connected. */
  online: boolean
  /** Start of the counted range, unix seconds. */
  since: number
  activeCalls: number
  /** Agents who could take a call: ready, with a phone that is reachable and in no call. */
  readyAgents: number
  /** Agents by status. An agent in a call counts only as `inCall`. */
  agents: Record<AgentStatus | 'inCall', number>
  calls: number
  answered: number
  /** Seconds from answer to end, rounded; 0 if no call was answered. */
  averageTalk: number
  campaigns: readonly { campaignId: string; calls: number; outcomes: Partial<Record<CallOutcome, number>> }[]
}

export interface CallStats {
  realtime(scope: Scope, span: TimeRange): Promise<RealtimeCounts>
  forAgent(agent: Agent, span: TimeRange): Promise<AgentCallCounts>
  activeCalls(scope: Scope): Promise<number>
}

export interface CallStatsNeeds {
  store: CallStatsStore
  callTracker: Pick<CallTracker, 'live'>
  directory: Pick<Directory, 'endpointsOf'>
  /** Whether the phone of an extension is registered and takes calls: see `createPhoneReachability`. */
  isReachable: (extension: string) => boolean
  isOnline: () => boolean
}

export function createCallStats({
  store,
  callTracker,
  directory,
  isReachable,
  isOnline,
}: CallStatsNeeds): CallStats {
  /** While the PBX is offline, the tracker's calls are out of date. */
  const live = (): readonly Call[] => (isOnline() ? callTracker.live() : [])

  const endpointsOf = ({ extension }: AgentPresence): readonly string[] =>
    extension === null ? [] : directory.endpointsOf(extension)

  /** Number of live calls of these agents, and which agents are in one. */
  function callsOfAgents(agents: readonly AgentPresence[]) {
    const phones = new Set(agents.flatMap(endpointsOf))
    const busy = new Set<string>()
    let calls = 0
    for (const { legs } of live()) {
      const ownEndpoints = legs.flatMap(({ endpoint, state }) =>
        endpoint !== undefined && state !== 'ended' && phones.has(endpoint) ? [endpoint] : [],
      )
      for (const endpoint of ownEndpoints) busy.add(endpoint)
      if (ownEndpoints.length > 0) calls += 1
    }
    const isBusy = (member: AgentPresence) => endpointsOf(member).some((endpoint) => busy.has(endpoint))
    return { calls, isBusy }
  }

  return {
    forAgent: (agent, span) => store.countForAgent(agent, span),
    activeCalls: async (scope) => callsOfAgents(await store.listPresences(scope)).calls,

    async realtime(scope, span) {
      const [presences, counts] = await Promise.all([
        store.listPresences(scope),
        store.countByCampaign(scope, span),
      ])
      const { calls: activeCalls, isBusy } = callsOfAgents(presences)
      const agents: RealtimeCounts['agents'] = {
        ...(Object.fromEntries(AGENT_STATUSES.map((one) => [one, 0])) as Record<AgentStatus, number>), // each status has an entry
        inCall: 0,
      }
      let readyAgents = 0
      for (const member of presences) {
        const { status, extension } = member
        agents[isBusy(member) ? 'inCall' : status] += 1
        const isReady = status === 'ready' && extension !== null && isOnline() && isReachable(extension)
        if (isReady && !isBusy(member)) readyAgents += 1
      }
      const sum = (of: (one: (typeof counts)[number]) => number) =>
        counts.reduce((all, one) => all + of(one), 0)
      const answered = sum((one) => one.answered)
      const talkSeconds = sum((one) => one.talked)
      return {
        online: isOnline(),
        since: span.from,
        activeCalls,
        readyAgents,
        agents,
        calls: sum(({ calls }) => calls),
        answered,
        averageTalk: answered === 0 ? 0 : Math.round(talkSeconds / answered),
        campaigns: byCampaign(counts),
      }
    },
  }
}

function byCampaign(
  counts: Awaited<ReturnType<CallStatsStore['countByCampaign']>>,
): RealtimeCounts['campaigns'] {
  const campaigns = new Map<string, { calls: number; outcomes: Partial<Record<CallOutcome, number>> }>()
  for (const { campaignId, outcome, calls } of counts) {
    if (campaignId === null) continue
    const one = campaigns.get(campaignId) ?? { calls: 0, outcomes: {} }
    one.calls += calls
    if (outcome !== null) one.outcomes[outcome] = calls
    campaigns.set(campaignId, one)
  }
  return [...campaigns].map(([campaignId, one]) => ({ campaignId, ...one }))
}
