import type { Call } from '../../calls/call.ts'
import type { CallParty, CallRecord, HistoryStore, PlacedCallStore } from '../../calls/call-history.ts'
import { isApiCall } from '../../calls/call-id.ts'
import type { CallTracker } from '../../calls/call-tracker.ts'
import type { Directory } from '../../directory/directory.ts'
import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { AgentLookup } from '../agents/agent-lookup.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import { covers } from '../agents/scope.ts'
import type { AgentCall, AgentCallStore } from './agent-call.ts'
import type { CallSource } from './call-source.ts'

/** Finds calls that the actor may see. */
export interface CallFinder {
  /**
   * A call that the call center did not place is stored when it is first read; its agent is the one who was called.
   * @param id `id` or `callId` of the agent call
   * @throws {Refusal} `not_found` also for a call without an agent in the actor's scope
   */
  find(by: CallCenterActor, id: string): Promise<{ agentCall: AgentCall; source: CallSource }>
}

export interface CallFinderNeeds {
  agentCallStore: Pick<AgentCallStore, 'find' | 'addIfMissing'>
  callTracker: Pick<CallTracker, 'find'>
  history: Pick<HistoryStore, 'find'>
  placedCalls: Pick<PlacedCallStore, 'find'>
  agents: Pick<AgentStore, 'find'>
  directory: Pick<Directory, 'findByEndpoint'>
  agentLookup: AgentLookup
}

export function createCallFinder(needs: CallFinderNeeds): CallFinder {
  const { agentCallStore, callTracker, history, placedCalls, agents, directory, agentLookup } = needs

  return {
    async find(by, id) {
      const agentCall = await agentCallStore.find(id)
      const source = await sourceOf(agentCall?.callId ?? id, agentCall)
      if (source === undefined) throw noSuchCall()
      const userIds = usersIn(source)
      if (!(await canSee(by, agentCall, userIds))) throw noSuchCall()
      return { agentCall: agentCall ?? (await register(id, source, userIds)), source }
    },
  }

  async function sourceOf(callId: string, agentCall: AgentCall | undefined): Promise<CallSource | undefined> {
    const tracked = callTracker.find(callId)
    const call = tracked !== undefined && tracked.legs.length > 0 ? tracked : undefined
    if (call !== undefined && call.state !== 'ended') return { kind: 'live', call }
    // For a call that is over the history has more: the recording, and the durations that the PBX measured.
    const record = await history.find(callId)
    if (record !== undefined) return { kind: 'record', record }
    if (call !== undefined) return { kind: 'live', call }
    const placed = isApiCall(callId) ? await placedCalls.find(callId) : undefined
    if (placed === undefined && agentCall === undefined) return undefined
    return {
      kind: 'requested',
      userId: placed?.userId,
      number: placed?.number ?? agentCall?.number ?? '',
      createdAt: placed?.createdAt ?? agentCall?.createdAt ?? 0,
      outcome: placed?.outcome ?? tracked?.outcome ?? agentCall?.outcome ?? null,
    }
  }

  async function canSee(
    { scope, userId }: CallCenterActor,
    agentCall: AgentCall | undefined,
    userIds: readonly string[],
  ): Promise<boolean> {
    if (scope.sees === 'all' || userIds.includes(userId) || agentCall?.agentId === scope.agentId) return true
    if (scope.sees === 'own') return false
    if (agentCall !== undefined && (await agents.find(agentCall.agentId, scope)) !== undefined) return true
    const agentsInCall = await Promise.all(userIds.map(agentLookup.findByUser))
    return agentsInCall.some((agent) => agent !== undefined && covers(scope, agent))
  }

  /** Users with a phone in the call: first those who answered, the caller last. */
  function usersIn(source: CallSource): string[] {
    if (source.kind === 'requested') return source.userId === undefined ? [] : [source.userId]
    return source.kind === 'record' ? userIdsByRelevance(source.record) : ownersOf(source.call)
  }

  function ownersOf({ legs }: Call): string[] {
    const rank = ({ role, answeredAt }: Call['legs'][number]) =>
      role === 'caller' ? 2 : answeredAt === undefined ? 1 : 0
    return [...legs]
      .sort((a, b) => rank(a) - rank(b))
      .flatMap(({ endpoint }) =>
        endpoint === undefined ? [] : (directory.findByEndpoint(endpoint)?.userId ?? []),
      )
  }

  async function register(
    callId: string,
    source: CallSource,
    userIds: readonly string[],
  ): Promise<AgentCall> {
    const agentsInCall = await Promise.all(userIds.map(agentLookup.findByUser))
    const agent = agentsInCall.find((one) => one !== undefined)
    if (agent === undefined) throw noSuchCall()
    const { number, createdAt } = dialedNumberOf(source)
    return agentCallStore.addIfMissing({
      callId,
      agentId: agent.id,
      leadId: null,
      campaignId: null,
      number,
      createdAt,
    })
  }
}

function userIdsByRelevance({ parties, fromNumber }: CallRecord): string[] {
  const rank = ({ extension, answered }: CallParty) => (extension === fromNumber ? 2 : answered ? 0 : 1)
  return [...parties].sort((a, b) => rank(a) - rank(b)).map(({ userId }) => userId)
}

function dialedNumberOf(source: CallSource): { number: string; createdAt: number } {
  if (source.kind === 'requested') return source
  if (source.kind === 'record') return { number: source.record.toNumber, createdAt: source.record.startedAt }
  return { number: source.call.to.number, createdAt: Math.floor(source.call.startedAt / 1_000_000) }
}

const noSuchCall = () => new Refusal('not_found', { detail: 'Call not found' })
