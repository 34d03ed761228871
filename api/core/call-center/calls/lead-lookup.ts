import type { Scope } from '../agents/scope.ts'
import type { Lead } from '../leads/lead.ts'
import type { LeadReader } from '../leads/lead-reader.ts'

/** Whom calls are for. */
export interface LeadLookup extends LeadReader {
  /** @param spellings as `DialPolicy.spellings` has them; of several leads the first that was made */
  findByNumber(spellings: readonly string[], scope: Scope): Promise<Lead | undefined>
}
