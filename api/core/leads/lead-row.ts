import { z } from 'zod'
import { LEAD_STATUSES } from './lead.ts'
import { LeadFields } from './lead-fields.ts'
import type { LeadWish } from './lead-wish.ts'
import type { Column } from './list-columns.ts'
import type { TableRow } from './list-row.ts'

const IdText = z.string().regex(/^[1-9]\d{0,15}$/, 'must be an id, a whole number of 1 or more')

/** A `'` before it is how spreadsheets are kept from taking its zero away. */
const PhoneText = z
  .string()
  .transform((text) => text.replace(/^'+(?=[0-9(])/, ''))
  .pipe(LeadFields.phone)

const Cells = z
  .object({
    ...LeadFields,
    status: z
      .string()
      .transform((text) => text.toLowerCase().replace(/[ -]/g, '_'))
      .pipe(z.enum(LEAD_STATUSES, `must be one of ${LEAD_STATUSES.join(', ')}`)),
    campaignId: IdText,
    agentId: IdText,
  })
  .partial()
  .extend({ phone: PhoneText })

/** What a row of a list says of a lead, or why nothing of it can be stored. */
export function wishOf({
  cells,
  fault,
}: Pick<TableRow, 'cells' | 'fault'>):
  | { wish: LeadWish & { phone: string } }
  | { column: Column | null; fault: string } {
  if (fault !== undefined) return { column: null, fault }
  if (cells.phone === undefined) return { column: null, fault: 'phone: there is none' }
  const read = Cells.safeParse(cells)
  if (read.success) return { wish: read.data }
  const [issue] = read.error.issues
  const column = issue?.path[0] as Column | undefined // the members of `Cells` are columns
  return { column: column ?? null, fault: `${column}: ${deepest(issue)}`.slice(0, 200) }
}

/** Where a member may be one of several things, what is wrong with the last of them. */
function deepest(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'invalid_union') return deepest(issue.errors.at(-1)?.[0])
  return issue?.message ?? 'cannot be read'
}
