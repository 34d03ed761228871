import type { Scope } from '../agents/scope.ts'
import type { Lead } from './lead.ts'

/** Reading a lead, for rooms that only need that. Undefined also for a lead that the scope does not show. */
export interface LeadReader {
  find(id: string, scope: Scope): Promise<Lead | undefined>
}
