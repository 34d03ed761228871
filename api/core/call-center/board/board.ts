import { LRUCache } from 'lru-cache'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { Call, CallDirection } from '../../calls/call.ts'
import type { CallTracker } from '../../calls/call-tracker.ts'
import type { Directory } from '../../directory/directory.ts'
import { startOfDay } from '../../values/start-of-day.ts'
import type { Scope } from '../agents/scope.ts'
import type { Campaign, CampaignStatus } from '../campaigns/campaign.ts'
import type { CampaignStore } from '../campaigns/campaign-store.ts'
import type { CallStatsStore, CampaignCallCounts } from '../stats/call-stats-store.ts'
import type { FigureCounts } from '../stats/figure-store.ts'
import { type FigureSum, NO_CALLS, toSum } from '../stats/figures.ts'
import { type AgentLegs, createAgentLegs } from './agent-legs.ts'
import { agentState, type BoardAgent, type BoardAgentRow } from './agent-states.ts'
import { createLastCalls } from './last-calls.ts'
import {
  type Level,
  levelOf,
  MEASURE_NAMES,
  type MeasureName,
  NO_THRESHOLDS,
  type Threshold,
  type ThresholdStore,
} from './thresholds.ts'

/** A live call of at least one agent. Times are unix seconds. */
export interface BoardCall {
  id: string
  agentIds: readonly string[]
  direction: CallDirection
  /** `ringing`: the other end has not answered it. */
  state: 'ringing' | 'talking'
  startedAt: number
  answeredAt: number | null
  from: Call['from']
  to: Call['to']
}

/** Leads of a campaign that wait. */
export interface LeadQueue {
  waiting: number
  /** May be called now, as far as retries are concerned. */
  due: number
  /** Since when the oldest of those that were to wait for a time is due, unix seconds; null: there is none. */
  dueSince: number | null
}

export interface BoardCampaign extends LeadQueue {
  id: string
  name: string
  status: CampaignStatus
  /** Whether it dials by itself. */
  automation: boolean
  today: FigureSum
}

export interface Measure extends Threshold {
  name: MeasureName
  value: number | null
  level: Level
}

export interface Board {
  /** Unix seconds. */
  at: number
  online: boolean
  agents: readonly BoardAgent[]
  calls: readonly BoardCall[]
  campaigns: readonly BoardCampaign[]
  today: FigureSum & { since: number }
  measures: readonly Measure[]
}

export interface BoardStore {
  /** Agents with a user that is not disabled, by name. */
  listAgents(scope: Scope): Promise<BoardAgentRow[]>
  leadQueues(campaignIds: readonly string[], now: number): Promise<ReadonlyMap<string, LeadQueue>>
}

export interface BoardReader {
  /** @param team of the thresholds; null: those of all teams */
  read(scope: Scope, about: { team: string | null; timeZone: string }): Promise<Board>
}

export interface BoardNeeds {
  store: BoardStore
  campaigns: Pick<CampaignStore, 'list'>
  stats: Pick<CallStatsStore, 'countByCampaign'>
  thresholds: Pick<ThresholdStore, 'find'>
  callTracker: Pick<CallTracker, 'live' | 'onChange'>
  directory: Pick<Directory, 'endpointsOf'>
  isReachable(extension: string): boolean
  isOnline(): boolean
  now(): number
}

/** Counts over many rows are read again after this time, for any number of boards. */
const COUNTS_TTL_MS = 2_000
/**
 * Agents and calls are read again after this time, for any number of boards. A console asks 250 ms after a signal, so
 * that it gets what came with it.
 */
const STATES_TTL_MS = 200
const MAX_CAMPAIGNS = 100

type Counts = Pick<Board, 'campaigns' | 'today'>
type States = Pick<Board, 'at' | 'online' | 'agents' | 'calls'>

export function createBoard(needs: BoardNeeds): BoardReader {
  const { store, campaigns, stats, thresholds, callTracker, directory, isReachable, isOnline } = needs
  const nowS = () => toUnixSeconds(needs.now())
  const lastCalls = createLastCalls(callTracker, needs.now)
  const lastCallEnd = (extension: string) => lastCalls.endOf(directory.endpointsOf(extension))

  const counts = new LRUCache<string, Counts, { scope: Scope; timeZone: string }>({
    max: 200,
    ttl: COUNTS_TTL_MS,
    fetchMethod: (_key, _stale, { context: { scope, timeZone } }) => readCounts(scope, timeZone),
  })

  async function readCounts(scope: Scope, timeZone: string): Promise<Counts> {
    const now = nowS()
    const since = startOfDay(now, timeZone)
    const [active, paused, calls] = await Promise.all([
      campaigns.list(scope, { status: 'active', limit: MAX_CAMPAIGNS }),
      campaigns.list(scope, { status: 'paused', limit: MAX_CAMPAIGNS }),
      stats.countByCampaign(scope, { from: since, until: now + 1 }),
    ])
    const shown = [...active, ...paused].slice(0, MAX_CAMPAIGNS)
    const queues = await store.leadQueues(
      shown.map(({ id }) => id),
      now,
    )
    return {
      campaigns: shown.map((campaign) => toBoardCampaign(campaign, queues, calls)),
      today: { since, ...toSum(sumOf(calls)) },
    }
  }

  const states = new LRUCache<string, States, { scope: Scope }>({
    max: 200,
    ttl: STATES_TTL_MS,
    fetchMethod: (_key, _stale, { context: { scope } }) => readStates(scope),
  })

  async function readStates(scope: Scope): Promise<States> {
    const rows = await store.listAgents(scope)
    const online = isOnline()
    const at = nowS()
    // While the PBX is offline, the tracker's calls are out of date.
    const live = online ? callTracker.live() : []
    const legs = createAgentLegs(rows, live, directory.endpointsOf)
    const phones = { isReachable, lastCallEnd, isOnline: online, now: at }
    return {
      ...{ at, online },
      agents: rows.map((row) => agentState(row, legs.ofAgent(row.id), phones)),
      calls: live.flatMap((call) => toBoardCall(call, legs)),
    }
  }

  return {
    async read(scope, { team, timeZone }) {
      const [state, counted, stored] = await Promise.all([
        states.forceFetch(JSON.stringify(scope), { context: { scope } }),
        counts.forceFetch(JSON.stringify([scope, timeZone]), { context: { scope, timeZone } }),
        thresholds.find(team),
      ])
      const { at, online, agents, calls } = state
      const values = measure({ agents, calls, today: counted.today, at })
      const measures = MEASURE_NAMES.map((name) => {
        const limits = (stored?.thresholds ?? NO_THRESHOLDS)[name]
        return { name, value: values[name], ...limits, level: levelOf(name, values[name], limits) }
      })
      return { at, online, agents, calls, ...counted, measures }
    },
  }
}

export function measure({
  agents,
  calls,
  today,
  at,
}: Pick<Board, 'agents' | 'calls' | 'at'> & { today: Pick<FigureSum, 'answerRate'> }): Record<
  MeasureName,
  number | null
> {
  const longest = (starts: readonly number[]) =>
    starts.length === 0 ? null : Math.max(0, at - Math.min(...starts))
  const waiting = calls.filter(isWaiting)
  return {
    agents_ready: agents.filter(({ state }) => state === 'ready').length,
    calls_waiting: waiting.length,
    longest_wait: longest(waiting.map(({ startedAt }) => startedAt)),
    longest_break: longest(
      agents.flatMap(({ state, since }) => (state === 'break' && since !== null ? [since] : [])),
    ),
    answer_rate: today.answerRate === null ? null : Math.round(today.answerRate * 100),
  }
}

/** A caller from outside waits for an agent. */
export const isWaiting = ({ state, direction }: Pick<BoardCall, 'state' | 'direction'>): boolean =>
  state === 'ringing' && direction === 'incoming'

function toBoardCall(call: Call, legs: AgentLegs): BoardCall[] {
  const agentIds = legs.agentsOf(call)
  if (agentIds.length === 0) return []
  const { id, direction, from, to } = call
  const isRinging = call.state === 'dialling' || call.state === 'ringing'
  return [
    {
      ...{ id, agentIds, direction, from, to },
      state: isRinging ? 'ringing' : 'talking',
      startedAt: Math.floor(call.startedAt / 1_000_000),
      answeredAt: call.answeredAt === undefined ? null : Math.floor(call.answeredAt / 1_000_000),
    },
  ]
}

const toBoardCampaign = (
  { id, name, status, automation }: Campaign,
  queues: ReadonlyMap<string, LeadQueue>,
  calls: readonly CampaignCallCounts[],
): BoardCampaign => ({
  ...{ id, name, status, automation },
  ...(queues.get(id) ?? { waiting: 0, due: 0, dueSince: null }),
  today: toSum(sumOf(calls.filter(({ campaignId }) => campaignId === id))),
})

const sumOf = (counts: readonly CampaignCallCounts[]): FigureCounts =>
  counts.reduce(
    (sum, { outcome, calls, answered, talked }) => ({
      calls: sum.calls + calls,
      answered: sum.answered + answered,
      unanswered:
        sum.unanswered + (outcome === null || outcome === 'answered' || outcome === 'unknown' ? 0 : calls),
      talked: sum.talked + talked,
    }),
    NO_CALLS,
  )
