import type { Actor } from '../../actor.ts'
import type { MediaLinks } from '../../auth/media-links.ts'
import { isOneOf, ownEndpoints } from '../../calls/call-access.ts'
import type { CallControl } from '../../calls/call-control.ts'
import type { Directory } from '../../directory/directory.ts'
import { Refusal } from '../../refusal.ts'
import type { Agent, AgentStore } from '../agents/agent.ts'
import type { AgentLookup } from '../agents/agent-lookup.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import { covers } from '../agents/scope.ts'
import type { AgentCall } from './agent-call.ts'
import { type AgentCallView, toAgentCallView } from './agent-call-view.ts'
import type { CallFinder } from './call-finder.ts'
import { type CallSource, hasEnded } from './call-source.ts'

/** The acting user: as the session has them, and as the call center does. */
export interface AgentCallActor {
  actor: Actor
  callCenterActor: CallCenterActor
}

interface DialOptions {
  /** The agent who calls; by default the actor's own. */
  agentId?: string | undefined
  /** The same key with the same request returns the same call. */
  idempotencyKey?: string | undefined
}

export type TransferTarget = { agentId: string } | { number: string }

/** A call, and a link to its recording, valid for some minutes. */
export interface CallDetails {
  call: AgentCallView
  recordingUrl: string | null
}

/**
 * Calls of the call center. An agent sees and controls calls that their phone is in or that are theirs, a supervisor
 * those of their team, an admin all. For other users the call is `not_found`.
 *
 * All throw {Refusal} `not_found`, `unavailable`; the commands also what those of `CallControl` throw.
 */
export interface AgentCalls {
  /**
   * Rings the agent's phone, then the lead.
   * @throws {Refusal} `dial_denied`; `conflict` if the agent has no phone, or the lead or the agent is in such a call
   */
  dialLead(by: AgentCallActor, request: DialOptions & { leadId: string }): Promise<AgentCall>
  /** Rings the agent's phone, then the number. If it is the number of a lead that the actor sees, it is the lead's call. */
  dialNumber(by: AgentCallActor, request: DialOptions & { number: string }): Promise<AgentCall>
  find(by: AgentCallActor, id: string): Promise<CallDetails>
  /** No error if the call is over. */
  hangup(by: AgentCallActor, id: string): Promise<CallDetails>
  hold(by: AgentCallActor, id: string): Promise<CallDetails>
  unhold(by: AgentCallActor, id: string): Promise<CallDetails>
  transfer(by: AgentCallActor, id: string, target: TransferTarget): Promise<CallDetails>
}

export interface AgentCallsNeeds {
  callPlacer: Pick<AgentCalls, 'dialLead' | 'dialNumber'>
  calls: Pick<CallControl, 'hangup' | 'hold' | 'unhold' | 'transfer'>
  callFinder: CallFinder
  agentLookup: AgentLookup
  agents: Pick<AgentStore, 'findAll'>
  directory: Pick<Directory, 'endpointsOf' | 'findByEndpoint'>
  mediaLinks: Pick<MediaLinks, 'issueForRecording'>
}

const RECORDING_MINUTES = 10

export function createAgentCalls(needs: AgentCallsNeeds): AgentCalls {
  const { callPlacer, calls, callFinder, agentLookup, agents, directory, mediaLinks } = needs

  async function find({ actor, callCenterActor }: AgentCallActor, id: string): Promise<CallDetails> {
    const { agentCall, source } = await callFinder.find(callCenterActor, id)
    const [agent] = await agents.findAll([agentCall.agentId])
    const call = toAgentCallView(agentCall, source, agent)
    return { call, recordingUrl: call.recording === null ? null : await recordingLink(actor, call.recording) }
  }

  async function recordingLink(actor: Actor, path: string): Promise<string | null> {
    try {
      return (await mediaLinks.issueForRecording(actor, path, RECORDING_MINUTES)).url
    } catch (err) {
      // The call is shown even if the actor may not read its recording.
      if (err instanceof Refusal && (err.code === 'forbidden' || err.code === 'input_invalid')) return null
      throw err
    }
  }

  /** Runs an operation on a live call, as the actor's phone or that of an agent they supervise. */
  async function onLiveCall(
    by: AgentCallActor,
    id: string,
    operation: (actor: Actor, callId: string) => Promise<void>,
  ) {
    const { agentCall, source } = await callFinder.find(by.callCenterActor, id)
    if (hasEnded(source)) throw new Refusal('conflict', { detail: 'this call is over' })
    await operation(await onBehalfOf(by, agentCall, source), agentCall.callId)
    return find(by, id)
  }

  /**
   * The actor to run an operation as. Supervisors and admins who are not in the call act as the phone of an agent
   * within their scope: the agent of the call, or else another one. (`CallControl` would let them act on any phone.)
   */
  async function onBehalfOf(
    { actor, callCenterActor }: AgentCallActor,
    agentCall: AgentCall,
    source: CallSource,
  ): Promise<Actor> {
    if (callCenterActor.role === 'user' || source.kind !== 'live') return actor
    const liveLegs = source.call.legs.filter(
      ({ state, endpoint }) => state !== 'ended' && endpoint !== undefined,
    )
    const own = ownEndpoints(actor, directory)
    if (liveLegs.some((leg) => isOneOf(own, leg))) return actor
    const owners = liveLegs.flatMap(({ endpoint = '' }) => directory.findByEndpoint(endpoint) ?? [])
    const owningAgents = await Promise.all(owners.map(({ userId }) => agentLookup.findByUser(userId)))
    const covered = owningAgents.filter(
      (agent) => agent !== undefined && covers(callCenterActor.scope, agent),
    )
    const agent = covered.find((one) => one?.id === agentCall.agentId) ?? covered[0]
    const owner = owners.find(({ userId }) => userId === agent?.userId)
    if (owner === undefined) {
      throw new Refusal('conflict', { detail: 'no phone of those you oversee is in this call' })
    }
    const { userId, extension } = owner
    return { ...actor, userId, claims: { ...actor.claims, sub: userId, role: 'user', extension } }
  }

  async function transferNumber(
    { callCenterActor }: AgentCallActor,
    target: TransferTarget,
  ): Promise<string> {
    if ('agentId' in target) return transferExtension(callCenterActor, target.agentId)
    return target.number
  }

  /** Agents may transfer calls to agents of their own team. */
  async function transferExtension(
    { scope, agent: { team } }: CallCenterActor,
    agentId: string,
  ): Promise<string> {
    const [agent] = await agents.findAll([agentId])
    const isAllowed = (one: Agent) => covers(scope, one) || (team !== null && one.team === team)
    if (agent === undefined || !isAllowed(agent))
      throw new Refusal('not_found', { detail: 'Agent not found' })
    if (agent.extension !== null && !agent.disabled) return agent.extension
    throw new Refusal('conflict', { detail: 'this agent has no extension' })
  }

  return {
    ...callPlacer,
    find,

    async hangup(by, id) {
      const { agentCall, source } = await callFinder.find(by.callCenterActor, id)
      if (!hasEnded(source)) await calls.hangup(by.actor, agentCall.callId)
      return find(by, id)
    },

    hold: (by, id) => onLiveCall(by, id, calls.hold),
    unhold: (by, id) => onLiveCall(by, id, calls.unhold),

    async transfer(by, id, target) {
      return onLiveCall(by, id, async (actor, callId) =>
        calls.transfer(actor, callId, await transferNumber(by, target)),
      )
    },
  }
}
