import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { CallOutcome } from '../../calls/call.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { CampaignStore } from './campaign-store.ts'

/** After so many calls in a row that their phone did not take, an agent is set on a break. */
const MAX_MISSED_IN_A_ROW = 3

export interface MissedCallCounterNeeds {
  agents: Pick<AgentStore, 'putOnBreak'>
  campaigns: Pick<CampaignStore, 'setNote'>
  now(): number
  onNote?(event: 'agent_break', about: { note: string } & Record<string, unknown>): void
}

/**
 * Counts calls in a row that an agent's phone did not take, in memory. If the phone is not answered, is busy or
 * declines again and again, the agent is not available, whatever their status.
 */
export function createMissedCallCounter({ agents, campaigns, now, onNote }: MissedCallCounterNeeds) {
  const missedInARow = new Map<string, number>()

  return {
    /** Counts a completed call. Call it once, when the call's result is stored. */
    async count(agentId: string, outcome: CallOutcome, campaignId: string | null): Promise<void> {
      if (!outcome.startsWith('own_')) {
        missedInARow.delete(agentId)
        return
      }
      const inARow = (missedInARow.get(agentId) ?? 0) + 1
      missedInARow.set(agentId, inARow)
      if (inARow < MAX_MISSED_IN_A_ROW) return
      const name = await agents.putOnBreak(agentId, toUnixSeconds(now()))
      missedInARow.delete(agentId)
      if (name === undefined) return
      const note = `${name} is on BREAK: their phone did not take ${inARow} calls in a row (${outcome.toUpperCase()})`
      onNote?.('agent_break', { agentId, note })
      if (campaignId !== null) await campaigns.setNote(campaignId, note)
    },
  }
}
