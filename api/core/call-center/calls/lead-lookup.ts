import type { Scope } from '../agents/scope.ts'
import type { Lead } from '../leads/lead.ts'
import type { LeadReader } from '../leads/lead-store.ts'

/** Finds the lead of a call. */
export interface LeadLookup extends LeadReader {
  /** @param spellings as `DialPolicy.variants` returns them. @returns the first created of several leads */
  findByNumber(spellings: readonly string[], scope: Scope): Promise<Lead | undefined>
}
