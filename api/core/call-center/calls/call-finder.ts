import type { Call } from '../../calls/call.ts'
import type { CallParty, CallRecord, DialledStore, HistoryStore } from '../../calls/call-history.ts'
import { isOurs } from '../../calls/call-id.ts'
import type { CallTable } from '../../calls/call-tracker.ts'
import type { Directory } from '../../directory/directory.ts'
import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import { type Overseeing, oversees } from '../agents/agent-lookup.ts'
import type { Standing } from '../agents/call-center-actor.ts'
import type { CallLog, DeskCall } from './agent-call.ts'
import type { CallFact } from './call-source.ts'

/** Finds calls for whoever may know of them. */
export interface Sightings {
  /**
   * One that was not made here gets a row of its own at first sight: its agent is whose phone was called.
   * @param id ours or the call's own
   * @throws {Refusal} `not_found` also for a call that is nobody's whom the standing shows
   */
  see(standing: Standing, id: string): Promise<{ row: DeskCall; fact: CallFact }>
}

export interface SightingsNeeds {
  callLog: Pick<CallLog, 'find' | 'note'>
  table: Pick<CallTable, 'find'>
  history: Pick<HistoryStore, 'find'>
  dialled: Pick<DialledStore, 'find'>
  agents: Pick<AgentStore, 'find'>
  directory: Pick<Directory, 'ofEndpoint'>
  overseeing: Overseeing
}

export function createSightings(needs: SightingsNeeds): Sightings {
  const { callLog, table, history, dialled, agents, directory, overseeing } = needs

  return {
    async see(standing, id) {
      const logged = await callLog.find(id)
      const fact = await factOf(logged?.callId ?? id, logged)
      if (fact === undefined) throw noSuchCall()
      const users = usersIn(fact)
      if (!(await mayKnow(standing, logged, users))) throw noSuchCall()
      return { row: logged ?? (await noteDown(id, fact, users)), fact }
    },
  }

  async function factOf(callId: string, logged: DeskCall | undefined): Promise<CallFact | undefined> {
    const told = table.find(callId)
    const call = told !== undefined && told.legs.length > 0 ? told : undefined
    if (call !== undefined && call.state !== 'ended') return { known: 'call', call }
    // The history has more of a call that is over: its recording, and what the PBX counted.
    const record = await history.find(callId)
    if (record !== undefined) return { known: 'record', record }
    if (call !== undefined) return { known: 'call', call }
    const asked = isOurs(callId) ? await dialled.find(callId) : undefined
    if (asked === undefined && logged === undefined) return undefined
    return {
      known: 'asked',
      userId: asked?.userId,
      number: asked?.number ?? logged?.number ?? '',
      createdAt: asked?.createdAt ?? logged?.createdAt ?? 0,
      outcome: asked?.outcome ?? told?.outcome ?? logged?.outcome ?? null,
    }
  }

  async function mayKnow(
    { scope, userId }: Standing,
    logged: DeskCall | undefined,
    users: readonly string[],
  ): Promise<boolean> {
    if (scope.sees === 'all' || users.includes(userId) || logged?.agentId === scope.agentId) return true
    if (scope.sees === 'own') return false
    if (logged !== undefined && (await agents.find(logged.agentId, scope)) !== undefined) return true
    const parties = await Promise.all(users.map(overseeing.agentOf))
    return parties.some((agent) => agent !== undefined && oversees(scope, agent))
  }

  /** Whose phones are in it: first who picked up, last who called. */
  function usersIn(fact: CallFact): string[] {
    if (fact.known === 'asked') return fact.userId === undefined ? [] : [fact.userId]
    return fact.known === 'record' ? partiesOf(fact.record) : ownersOf(fact.call)
  }

  function ownersOf({ legs }: Call): string[] {
    const rank = ({ role, answeredAt }: Call['legs'][number]) =>
      role === 'caller' ? 2 : answeredAt === undefined ? 1 : 0
    return [...legs]
      .sort((a, b) => rank(a) - rank(b))
      .flatMap(({ endpoint }) =>
        endpoint === undefined ? [] : (directory.ofEndpoint(endpoint)?.userId ?? []),
      )
  }

  async function noteDown(callId: string, fact: CallFact, users: readonly string[]): Promise<DeskCall> {
    const parties = await Promise.all(users.map(overseeing.agentOf))
    const agent = parties.find((one) => one !== undefined)
    if (agent === undefined) throw noSuchCall()
    const { number, createdAt } = beginningOf(fact)
    return callLog.note({ callId, agentId: agent.id, leadId: null, campaignId: null, number, createdAt })
  }
}

function partiesOf({ parties, fromNumber }: CallRecord): string[] {
  const rank = ({ extension, answered }: CallParty) => (extension === fromNumber ? 2 : answered ? 0 : 1)
  return [...parties].sort((a, b) => rank(a) - rank(b)).map(({ userId }) => userId)
}

function beginningOf(fact: CallFact): { number: string; createdAt: number } {
  if (fact.known === 'asked') return fact
  if (fact.known === 'record') return { number: fact.record.toNumber, createdAt: fact.record.startedAt }
  return { number: fact.call.to.number, createdAt: Math.floor(fact.call.startedAt / 1_000_000) }
}

const noSuchCall = () => new Refusal('not_found', { detail: 'Call not found' })
