import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRows } from '../../../../api/core/call-center/leads/csv-reader.ts'
import { decodeCsv } from '../../../../api/core/call-center/leads/decode-csv.ts'
import { detectDelimiter } from '../../../../api/core/call-center/leads/detect-delimiter.ts'
import type { Lead } from '../../../../api/core/call-center/leads/lead.ts'
import { LeadFields } from '../../../../api/core/call-center/leads/lead-fields.ts'
import { parseLeadRow } from '../../../../api/core/call-center/leads/parse-lead-row.ts'
import { streamLeadsCsv } from '../../../../api/http/crm/lead-csv.ts'

/** Text that a body or a CSV file may hold, also with signs of formulas, quotes and delimiters. */
const text = (maxLength: number, more = '') =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...`=+-@＝\u2212'",;| \u00a0\u200baÜЖ7${more}`, '😀', ' ::: ', 'Total', '="1"'),
        fc.string({ unit: 'grapheme', maxLength: 2 }),
      ),
      { maxLength: 10 },
    )
    .map((some) => some.join('').trim().slice(0, maxLength).trim().toWellFormed())
const orNull = (from: fc.Arbitrary<string>) => from.map((one) => (one === '' ? null : one))
const isField = (member: keyof typeof LeadFields) => (one: string | null) =>
  LeadFields[member].safeParse(one).success

const lead: fc.Arbitrary<Lead> = fc.record({
  id: fc.constantFrom('1', '27'),
  firstName: text(100).filter(isField('firstName')),
  lastName: text(100)
    .map((one) => `${one}x`)
    .filter(isField('lastName')),
  phone: fc.constantFrom('+4930123456', '+49 (30) 123-456', '030 123456', '0301234/56', '(030) 1234'),
  number: fc.constant('+4930123456'),
  email: fc
    .constantFrom('ada@example.org', "o'hara+x@example.org", '-x@example.org', null)
    .filter(isField('email')),
  company: orNull(text(200)).filter(isField('company')),
  title: orNull(text(100)).filter(isField('title')),
  status: fc.constantFrom('new', 'do_not_call', 'lost'),
  notes: orNull(text(10_000, '\t\n\r')).filter(isField('notes')),
  timeZone: fc.constantFrom('Europe/Berlin', 'UTC', null),
  team: orNull(text(100)),
  agentId: fc.constantFrom('5', null),
  campaignId: fc.constantFrom('3', null),
  attempts: fc.nat(9),
  lastCallAt: fc.constantFrom(1_750_000_000, null),
  lastOutcome: fc.constantFrom('busy', null),
  dialState: fc.constant('idle'),
  nextTryAt: fc.constant(0),
  callback: fc.constant(null),
  version: fc.constant(1),
  createdAt: fc.constant(1_750_000_000),
  updatedAt: fc.constant(1_750_000_000),
})

const delimiter = fc.constantFrom(',' as const, ';' as const, '\t' as const)

test('exported leads with any text are imported unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(lead, { minLength: 1, maxLength: 5 }), delimiter, async (leads, divided) => {
      const table = await streamLeadsCsv(
        { list: async () => leads },
        {} as Parameters<typeof streamLeadsCsv>[1],
        {},
        divided,
      )
      const parts = await decodeCsv(table, undefined)
      const imported = []
      for await (const row of readRows(parts, { delimiter: detectDelimiter(parts[0] ?? ''), mapping: null }))
        imported.push({ ...row, ...parseLeadRow(row) })
      expect(imported.flatMap(({ warnings }) => warnings)).toEqual([])
      expect(imported).toMatchObject(
        leads.map(({ firstName, lastName, phone, email, company, title, status, notes, ...one }) => ({
          input: {
            ...{ lastName, phone, status },
            ...dropEmpty({ firstName, email, company, title, notes }),
            ...dropEmpty({ timeZone: one.timeZone, agentId: one.agentId, campaignId: one.campaignId }),
          },
        })),
      )
    }),
    { numRuns: 300 },
  )
})

const dropEmpty = (members: { [name: string]: string | null }) =>
  Object.fromEntries(Object.entries(members).filter(([, one]) => one !== null && one !== ''))
