import type { Call, Outcome } from '../../calls/call.ts'
import type { CallTable } from '../../calls/call-tracker.ts'
import type { Directory } from '../../directory/directory.ts'
import { AGENT_STATUSES, type Agent, type AgentStatus } from '../agents/agent.ts'
import type { Scope } from '../agents/scope.ts'
import type { AgentTally, CrewMember, DeskStatsStore, Span } from './call-stats-store.ts'

/** How it goes now and went today, in a scope. */
export interface Realtime {
  online: boolean
  since: number
  activeCalls: number
  /** Whose agents could take a call: ready, with a phone that is registered and in no call. */
  readyAgents: number
  /** As they say of themselves; whoever is in a call counts as `inCall` alone. */
  agents: Record<AgentStatus | 'inCall', number>
  calls: number
  answered: number
  /** Seconds from answer to end, of those that were answered. */
  averageTalk: number
  campaigns: readonly { campaignId: string; calls: number; outcomes: Partial<Record<Outcome, number>> }[]
}

export interface Stats {
  /** Today's, since `from`. */
  realtime(scope: Scope, span: Span): Promise<Realtime>
  ofAgent(agent: Agent, span: Span): Promise<AgentTally>
  activeCalls(scope: Scope): Promise<number>
}

export interface StatsNeeds {
  store: DeskStatsStore
  table: Pick<CallTable, 'live'>
  directory: Pick<Directory, 'endpointOf'>
  isReachable: (extension: string) => boolean
  isOnline: () => boolean
}

export function createStats({ store, table, directory, isReachable, isOnline }: StatsNeeds): Stats {
  /** What was true when the PBX went away is not now. */
  const live = (): readonly Call[] => (isOnline() ? table.live() : [])

  const endpointOf = ({ extension }: CrewMember) =>
    extension === null ? undefined : directory.endpointOf(extension)

  /** The live calls of these agents, and the phones in them. */
  function theirs(crew: readonly CrewMember[]) {
    const phones = new Set(crew.map(endpointOf))
    phones.delete(undefined)
    const busy = new Set<string>()
    let calls = 0
    for (const { legs } of live()) {
      const own = legs.flatMap(({ endpoint, state }) =>
        endpoint !== undefined && state !== 'ended' && phones.has(endpoint) ? [endpoint] : [],
      )
      for (const endpoint of own) busy.add(endpoint)
      if (own.length > 0) calls += 1
    }
    const isBusy = (member: CrewMember) => busy.has(endpointOf(member) ?? '')
    return { calls, isBusy }
  }

  return {
    ofAgent: (agent, span) => store.ofAgent(agent, span),
    activeCalls: async (scope) => theirs(await store.crew(scope)).calls,

    async realtime(scope, span) {
      const [crew, tallies] = await Promise.all([store.crew(scope), store.tally(scope, span)])
      const { calls: activeCalls, isBusy } = theirs(crew)
      const agents: Realtime['agents'] = {
        ...(Object.fromEntries(AGENT_STATUSES.map((one) => [one, 0])) as Record<AgentStatus, number>), // one of each
        inCall: 0,
      }
      let readyAgents = 0
      for (const member of crew) {
        const { status, extension } = member
        agents[isBusy(member) ? 'inCall' : status] += 1
        const isReady = status === 'ready' && extension !== null && isOnline() && isReachable(extension)
        if (isReady && !isBusy(member)) readyAgents += 1
      }
      const sum = (of: (one: (typeof tallies)[number]) => number) =>
        tallies.reduce((all, one) => all + of(one), 0)
      const answered = sum((one) => one.answered)
      const talked = sum((one) => one.talked)
      return {
        online: isOnline(),
        since: span.from,
        activeCalls,
        readyAgents,
        agents,
        calls: sum(({ calls }) => calls),
        answered,
        averageTalk: answered === 0 ? 0 : Math.round(talked / answered),
        campaigns: byCampaign(tallies),
      }
    },
  }
}

function byCampaign(tallies: Awaited<ReturnType<DeskStatsStore['tally']>>): Realtime['campaigns'] {
  const campaigns = new Map<string, { calls: number; outcomes: Partial<Record<Outcome, number>> }>()
  for (const { campaignId, outcome, calls } of tallies) {
    if (campaignId === null) continue
    const one = campaigns.get(campaignId) ?? { calls: 0, outcomes: {} }
    one.calls += calls
    if (outcome !== null) one.outcomes[outcome] = calls
    campaigns.set(campaignId, one)
  }
  return [...campaigns].map(([campaignId, one]) => ({ campaignId, ...one }))
}
