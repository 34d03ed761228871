import { z } from 'zod'
import { LEAD_STATUSES } from './lead.ts'
import { LeadFields } from './lead-fields.ts'
import type { TableRow } from './lead-table.ts'
import type { LeadWish } from './lead-wish.ts'

const IdText = z.string().regex(/^[1-9]\d{0,15}$/, 'not an id')

const Cells = z
  .object({
    ...LeadFields,
    status: z
      .string()
      .transform((text) => text.toLowerCase().replace(/[ -]/g, '_'))
      .pipe(z.enum(LEAD_STATUSES)),
    campaignId: IdText,
    agentId: IdText,
  })
  .partial()
  .extend({ phone: LeadFields.phone })

/** What a row of a list says of a lead, or why it says nothing that can be kept. */
export function wishOf({
  cells,
  fault,
}: TableRow): { wish: LeadWish & { phone: string } } | { fault: string } {
  if (fault !== undefined) return { fault }
  if (cells.phone === undefined) return { fault: 'phone: there is none' }
  const read = Cells.safeParse(cells)
  if (read.success) return { wish: read.data }
  const [issue] = read.error.issues
  return { fault: `${issue?.path.join('.')}: ${deepest(issue)}`.slice(0, 200) }
}

/** Where a member may be one of several things, what is wrong with the last of them. */
function deepest(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'invalid_union') return deepest(issue.errors.at(-1)?.[0])
  return issue?.message ?? 'cannot be read'
}
