import { expect, test } from 'vitest'
import type { ImportIssue, ImportOptions } from '../../../../../api/core/call-center/leads/lead-import.ts'
import { createLeadImportStore } from '../../../../../api/store/sql/call-center/lead-imports.ts'
import { onBothEngines } from '../engines.ts'

const options: ImportOptions = {
  ...{ delimiter: ',', duplicates: 'skip', dryRun: false, campaignId: null, agentId: null },
  ...{ mapping: null, fileName: null },
  columns: [
    { header: 'Телефон', column: 'phone' },
    { header: 'Fax', column: null },
  ],
  owner: { agentId: null, team: null },
  scope: { sees: 'all' },
}
const cell = (line: number, column: string | null = 'Fax'): ImportIssue => ({
  line,
  column,
  reason: `n. ${line}`,
})
const MAX_REPORTED = 5

onBothEngines((engine) => {
  test('the report of an import lists errors and warnings by line, several for one row, up to the maximum', async () => {
    const imports = createLeadImportStore(await engine.tables())
    const job = await imports.add({ agentId: '1', options, total: 9 }, ['phone\n'], 1)
    const noChanges = { added: 0, updated: 0, skipped: 0 }
    const batch = (processed: number, rows: number, errors: ImportIssue[], warnings: ImportIssue[]) =>
      imports.runBatch({ id: job.id, processed }, async () => ({ ...noChanges, rows, errors, warnings }), {
        maxReported: MAX_REPORTED,
        now: 2,
      })

    await batch(0, 4, [cell(2, null), cell(4)], [cell(3), cell(3, 'Mobil'), cell(5, null)])
    await batch(
      4,
      5,
      [6, 7, 8, 9, 10].map((line) => cell(line)),
      [11, 12, 13].map((line) => cell(line)),
    )

    const { errors, warnings } = await imports.findReport(job.id, 100)
    expect(errors).toEqual([cell(2, null), ...[4, 6, 7, 8].map((line) => cell(line))])
    expect(warnings).toEqual([cell(3), cell(3, 'Mobil'), cell(5, null), cell(11), cell(12)])
    expect(await imports.find(job.id, '1')).toMatchObject({ options, processed: 9, rejected: 7 })
    expect(await imports.find(job.id, '2')).toBeUndefined()
  })
})
