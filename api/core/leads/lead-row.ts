import { z } from 'zod'
import { plainWords } from '../../../contract/plain-words.ts'
import { LEAD_STATUSES } from './lead.ts'
import { LeadFields } from './lead-fields.ts'
import type { TableRow } from './lead-table.ts'
import type { LeadWish } from './lead-wish.ts'

const IdText = z.string().regex(/^[1-9]\d{0,15}$/, 'must be an id, a whole number of 1 or more')

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
  return { fault: plainWords(read.error, { whole: 'the row', most: 200 }) }
}
