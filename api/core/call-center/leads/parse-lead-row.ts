import { z } from 'zod'
import { validationMessage } from '../../../../runtime/validation-message.ts'
import { IdText } from '../../values/id.ts'
import type { LeadColumn } from './column-mapping.ts'
import type { ImportRow } from './import-row.ts'
import { LEAD_STATUSES } from './lead.ts'
import { LeadFields } from './lead-fields.ts'
import type { LeadInput } from './lead-input.ts'

/** Lists write a `'` before a number so that spreadsheets keep its leading zero. */
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

/** @returns the input for a lead, or why the row is rejected */
export function parseLeadRow({
  cells,
  error,
}: Pick<ImportRow, 'cells' | 'error'>):
  | { input: LeadInput & { phone: string } }
  | { column: LeadColumn | null; error: string } {
  if (error !== undefined) return { column: null, error }
  if (cells.phone === undefined) return { column: null, error: 'phone: there is none' }
  const read = Cells.safeParse(cells)
  if (read.success) return { input: read.data }
  const column = read.error.issues[0]?.path[0] as LeadColumn | undefined // the members of `Cells` are columns
  return {
    column: column ?? null,
    error: validationMessage(read.error, { subject: 'the row', maxLength: 200 }),
  }
}
