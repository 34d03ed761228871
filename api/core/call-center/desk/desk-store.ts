import type { AgentCall } from '../calls/agent-call.ts'
import type { DialAttempt } from '../campaigns/dial-queue.ts'
import type { LeadNote } from '../leads/lead.ts'
import type { EarlierCall } from './desk.ts'

/** What a desk shows. */
export interface DeskStore {
  /** The call of a lead that the agent is in, or is given. */
  attemptOf(agentId: string): Promise<DialAttempt | undefined>
  /** The agent's last call of a lead. */
  lastLeadCallOf(agentId: string): Promise<AgentCall | undefined>
  /** Newest first. @param exceptNoteId the note that is being written */
  notesOf(
    leadId: string,
    exceptNoteId: string | null,
    limit: number,
  ): Promise<(LeadNote & { agentName: string | null })[]>
  /** Newest first. */
  callsOf(leadId: string, exceptCallId: string, limit: number): Promise<EarlierCall[]>
}
