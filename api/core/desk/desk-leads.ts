import type { Scope } from '../crew/scope.ts'
import type { Lead } from '../leads/lead.ts'
import type { LeadReader } from '../leads/leads.ts'

/** Whom calls are for. */
export interface DeskLeads extends LeadReader {
  /** @param number as `DialPolicy.spell` has it; of several leads the first that was made */
  ofNumber(number: string, scope: Scope): Promise<Lead | undefined>
}
