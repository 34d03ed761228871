import type { Actor } from '../../actor.ts'
import type { FindReach } from '../../auth/supervisor-reach.ts'
import type { CallRecord, HistoryStore } from '../../calls/call-history.ts'
import { historyScope } from '../../calls/history-scope.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { AgentCall } from '../calls/agent-call.ts'
import type { Leads } from './leads.ts'

/** A call of an agent to a lead. */
export interface LeadCall extends AgentCall {
  agentName: string | null
  /** Undefined until it has ended, and for a call that the actor may not see. */
  record: CallRecord | undefined
}

export interface LeadCallStore {
  /** Newest first. @param page `before`: only calls with a smaller id */
  list(
    leadId: string,
    page: { before?: string | undefined; limit: number },
  ): Promise<(AgentCall & { agentName: string | null })[]>
  count(leadId: string): Promise<number>
}

export interface LeadCallsNeeds {
  store: LeadCallStore
  leads: Pick<Leads, 'find'>
  history: Pick<HistoryStore, 'find'>
}

/** The calls of a lead, newest first. */
export interface LeadCalls {
  /** @throws {Refusal} `not_found` for a lead outside the scope */
  list(
    who: { actor: Actor; callCenterActor: CallCenterActor; reachOf: FindReach },
    leadId: string,
    page: { before?: string | undefined; limit: number },
  ): Promise<{ calls: LeadCall[]; total: number }>
}

export const createLeadCalls = ({ store, leads, history }: LeadCallsNeeds): LeadCalls => ({
  async list({ actor, callCenterActor, reachOf }, leadId, page) {
    await leads.find(callCenterActor, leadId)
    const scope = await historyScope(actor, reachOf)
    const [found, total] = await Promise.all([store.list(leadId, page), store.count(leadId)])
    const calls = found.map(async (call) => ({ ...call, record: await history.find(call.callId, scope) }))
    return { calls: await Promise.all(calls), total }
  },
})
