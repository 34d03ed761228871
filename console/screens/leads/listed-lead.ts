import type { Wire } from '../../api/client.ts'

/** A lead as `/api/v1/leads` has it. */
export type ListedLead = Wire<'ListedLead'>
