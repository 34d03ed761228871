import type { Actor } from '../../actor.ts'
import type { MediaLinks } from '../../auth/media-links.ts'
import { ownEndpoint } from '../../calls/call-access.ts'
import type { Calls } from '../../calls/call-control.ts'
import type { Directory } from '../../directory/directory.ts'
import { Refusal } from '../../refusal.ts'
import type { Agent, AgentStore } from '../agents/agent.ts'
import { type Overseeing, oversees } from '../agents/agent-lookup.ts'
import type { Standing } from '../agents/call-center-actor.ts'
import type { DeskCall } from './agent-call.ts'
import { type DeskView, viewOf } from './agent-call-view.ts'
import type { Sightings } from './call-finder.ts'
import { type CallFact, isOver } from './call-source.ts'

/** Who asks. */
export interface Deskmate {
  actor: Actor
  standing: Standing
}

/** `key`: the same one with the same order gives the same call. */
interface Order {
  agentId?: string | undefined
  key?: string | undefined
}

export type TransferTarget = { agentId: string } | { number: string }

/** A call, and where its recording can be heard for a while. */
export interface ShownCall {
  call: DeskView
  recordingUrl: string | null
}

/**
 * Calls of the call centre. An agent sees and commands those their own phone is in or that are theirs, a
 * supervisor those of their team, an admin all; for whoever else there is no such call.
 *
 * All throw {Refusal} `not_found`, `unavailable`; the commands also what those of `Calls` do.
 */
export interface Desk {
  /**
   * Rings the agent's phone, then the lead.
   * @throws {Refusal} `dial_denied`, `conflict` for an agent without a phone and for whoever is in such a call
   */
  dial(by: Deskmate, order: Order & { leadId: string }): Promise<DeskCall>
  /** Rings the agent's phone, then the number; one of a lead that the actor sees is that lead's call. */
  direct(by: Deskmate, order: Order & { number: string }): Promise<DeskCall>
  find(by: Deskmate, id: string): Promise<ShownCall>
  /** One that is over is no fault. */
  hangup(by: Deskmate, id: string): Promise<ShownCall>
  hold(by: Deskmate, id: string): Promise<ShownCall>
  unhold(by: Deskmate, id: string): Promise<ShownCall>
  transfer(by: Deskmate, id: string, target: TransferTarget): Promise<ShownCall>
}

export interface DeskNeeds {
  dialling: Pick<Desk, 'dial' | 'direct'>
  calls: Pick<Calls, 'hangup' | 'hold' | 'unhold' | 'transfer'>
  sightings: Sightings
  overseeing: Overseeing
  agents: Pick<AgentStore, 'findAll'>
  directory: Pick<Directory, 'endpointOf' | 'ofEndpoint'>
  mediaLinks: Pick<MediaLinks, 'sellFor'>
}

const RECORDING_MINUTES = 10

export function createDesk(needs: DeskNeeds): Desk {
  const { dialling, calls, sightings, overseeing, agents, directory, mediaLinks } = needs

  async function find({ actor, standing }: Deskmate, id: string): Promise<ShownCall> {
    const { row, fact } = await sightings.see(standing, id)
    const [agent] = await agents.findAll([row.agentId])
    const call = viewOf(row, fact, agent)
    return { call, recordingUrl: call.recording === null ? null : await linkTo(actor, call.recording) }
  }

  async function linkTo(actor: Actor, path: string): Promise<string | null> {
    try {
      return (await mediaLinks.sellFor(actor, path, RECORDING_MINUTES)).url
    } catch (err) {
      // A call can be seen where its recording cannot be had.
      if (err instanceof Refusal && (err.code === 'forbidden' || err.code === 'input_invalid')) return null
      throw err
    }
  }

  /** Does something with the phone that fits, in a call that lives. */
  async function withPhone(by: Deskmate, id: string, deed: (actor: Actor, callId: string) => Promise<void>) {
    const { row, fact } = await sightings.see(by.standing, id)
    if (isOver(fact)) throw new Refusal('conflict', { detail: 'this call is over' })
    await deed(await actingFor(by, row, fact), row.callId)
    return find(by, id)
  }

  /**
   * Those who oversee others and are not in the call act as the phone of whom they oversee: the one whose call
   * it is, or else another. The core would take anybody's.
   */
  async function actingFor({ actor, standing }: Deskmate, row: DeskCall, fact: CallFact): Promise<Actor> {
    if (standing.role === 'user' || fact.known !== 'call') return actor
    const phones = fact.call.legs.filter(({ state, endpoint }) => state !== 'ended' && endpoint !== undefined)
    const own = ownEndpoint(actor, directory)
    if (own !== undefined && phones.some(({ endpoint }) => endpoint === own)) return actor
    const owners = phones.flatMap(({ endpoint = '' }) => directory.ofEndpoint(endpoint) ?? [])
    const theirs = await Promise.all(owners.map(({ userId }) => overseeing.agentOf(userId)))
    const mayActAs = theirs.filter((agent) => agent !== undefined && oversees(standing.scope, agent))
    const agent = mayActAs.find((one) => one?.id === row.agentId) ?? mayActAs[0]
    const owner = owners.find(({ userId }) => userId === agent?.userId)
    if (owner === undefined) {
      throw new Refusal('conflict', { detail: 'no phone of those you oversee is in this call' })
    }
    const { userId, extension } = owner
    return { ...actor, userId, claims: { ...actor.claims, sub: userId, role: 'user', extension } }
  }

  async function numberOf({ standing }: Deskmate, target: TransferTarget): Promise<string> {
    if ('agentId' in target) return extensionOf(standing, target.agentId)
    return target.number
  }

  /** Colleagues of one team may hand calls to each other. */
  async function extensionOf({ scope, agent: { team } }: Standing, agentId: string): Promise<string> {
    const [agent] = await agents.findAll([agentId])
    const isKnown = (one: Agent) => oversees(scope, one) || (team !== null && one.team === team)
    if (agent === undefined || !isKnown(agent)) throw new Refusal('not_found', { detail: 'Agent not found' })
    if (agent.extension !== null && !agent.disabled) return agent.extension
    throw new Refusal('conflict', { detail: 'this agent has no extension' })
  }

  return {
    ...dialling,
    find,

    async hangup(by, id) {
      const { row, fact } = await sightings.see(by.standing, id)
      if (!isOver(fact)) await calls.hangup(by.actor, row.callId)
      return find(by, id)
    },

    hold: (by, id) => withPhone(by, id, calls.hold),
    unhold: (by, id) => withPhone(by, id, calls.unhold),

    async transfer(by, id, target) {
      return withPhone(by, id, async (actor, callId) =>
        calls.transfer(actor, callId, await numberOf(by, target)),
      )
    },
  }
}
