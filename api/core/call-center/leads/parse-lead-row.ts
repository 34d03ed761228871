import { z } from 'zod'
import { plainWords } from '../../../../runtime/validation-message.ts'
import { IdText } from '../../values/id.ts'
import type { Column } from './column-mapping.ts'
import type { TableRow } from './import-row.ts'
import { LEAD_STATUSES } from './lead.ts'
import { LeadFields } from './lead-fields.ts'
import type { LeadWish } from './lead-input.ts'

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
  const column = read.error.issues[0]?.path[0] as Column | undefined // the members of `Cells` are columns
  return { column: column ?? null, fault: plainWords(read.error, { whole: 'the row', most: 200 }) }
}
