import { describe, expect, it } from 'vitest'
import type { LeadColumn } from '../../../../../api/core/call-center/leads/column-mapping.ts'
import { importRows, type ValidatedRow } from '../../../../../api/core/call-center/leads/import-batch.ts'
import type { Lead } from '../../../../../api/core/call-center/leads/lead.ts'
import type {
  BatchLeads,
  DuplicateAction,
  ImportOptions,
} from '../../../../../api/core/call-center/leads/lead-import.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'

const policy = createDialPolicy(PolicyFile.parse({ country: 'DE' }))
const row = (line: number, name: string, phone: string): ValidatedRow => ({
  line,
  input: { name, phone },
  variants: policy.variants(phone),
  owner: undefined,
  phoneHeader: 'Phone',
  warnings: [],
})
const rejected = (line: number, column: LeadColumn, reason: string): ValidatedRow => ({
  line,
  error: { line, column, reason },
})

/** One batch over leads in memory; `phones` are leads that exist before. */
async function importBatch(
  rows: readonly ValidatedRow[],
  { duplicates = 'skip' as DuplicateAction, dryRun = false, phones = [] as string[] } = {},
) {
  const stored: Lead[] = []
  const leads: BatchLeads = {
    findByNumber: async (numbers) => stored.filter(({ number }) => numbers.includes(number)),
    async add(some) {
      const meta = {
        callback: null,
        lastCallAt: null,
        lastOutcome: null,
        version: 1,
        createdAt: 0,
        updatedAt: 0,
      }
      const added = some.map(({ lead }, at) => ({ ...lead, ...meta, id: String(stored.length + at + 1) }))
      stored.push(...added)
      return added
    },
    async change(id, _, update) {
      const at = stored.findIndex((one) => one.id === id)
      const before = stored[at]
      if (before === undefined) throw new Refusal('not_found')
      const changed = { ...before, ...update(before).changes }
      stored[at] = changed
      return changed
    },
  }
  const options: ImportOptions = {
    ...{ delimiter: ',', columns: [], duplicates, campaignId: null, agentId: null },
    ...{ mapping: null, fileName: null },
    ...{ owner: { agentId: null, team: 'sales' }, scope: { sees: 'all' } },
    dryRun: false,
  }
  const existing = phones.map((phone, at) => row(at + 1, `Known ${at}`, phone))
  await importRows(leads, existing, { ...options, duplicates: 'add' }, { policy, seen: new Map() })
  const result = await importRows(leads, rows, { ...options, dryRun }, { policy, seen: new Map() })
  return { result, names: stored.map(({ lastName }) => lastName), stored }
}

describe('a batch of rows', () => {
  it('adds leads with the default owner and reports rejected rows', async () => {
    const { result, stored } = await importBatch([
      row(2, 'Ada', '030 901820'),
      rejected(3, 'email', 'email: must be an email address'),
    ])
    expect(result).toMatchObject({ rows: 2, added: 1, updated: 0, skipped: 0 })
    expect(result.errors).toEqual([{ line: 3, column: 'email', reason: 'email: must be an email address' }])
    expect(stored).toMatchObject([{ number: '+4930901820', team: 'sales' }])
  })

  it('rejects a row that is no valid lead and continues', async () => {
    const { result } = await importBatch([row(2, ' ', '030 901820'), row(3, 'Ada', '030 901821')])
    expect(result).toMatchObject({
      added: 1,
      errors: [{ line: 2, column: null, reason: 'a lead has a name' }],
    })
  })
})

describe('a number that a lead has already', () => {
  it('is skipped with a warning', async () => {
    const { result, names } = await importBatch([row(2, 'Ada', '+49 30 901820')], { phones: ['030 901820'] })
    expect(result).toMatchObject({ added: 0, skipped: 1 })
    expect(result.warnings).toEqual([
      { line: 2, column: 'Phone', reason: 'the row is left out: the number is a lead’s already' },
    ])
    expect(names).toEqual(['0'])
  })

  it('updates the oldest lead with `update`', async () => {
    const options = { duplicates: 'update', phones: ['030 901820', '+4930901820'] } as const
    const { result, names } = await importBatch([row(2, 'Ada', '030 901820')], {
      ...options,
      phones: [...options.phones],
    })
    expect(result).toMatchObject({ added: 0, updated: 1 })
    expect(names).toEqual(['Ada', '1'])
  })

  it('is added again with `add`', async () => {
    const options = { duplicates: 'add' as const, phones: ['030 901820'] }
    const { result, names } = await importBatch([row(2, 'Ada', '030 901820')], options)
    expect([result.added, names]).toEqual([1, ['0', 'Ada']])
  })
})

describe('a number that stands twice in the list', () => {
  const rows = [row(2, 'Ada', '030 901820'), row(3, 'Grace', '+4930901820')]

  it('is skipped the second time', async () => {
    const { result, names } = await importBatch(rows)
    expect(result).toMatchObject({ added: 1, skipped: 1, warnings: [{ line: 3 }] })
    expect(result.warnings[0]?.reason).toBe('the row is left out: the number is on line 2 already')
    expect(names).toEqual(['Ada'])
  })

  it('updates the lead of its first row with `update`', async () => {
    const { result, names } = await importBatch(rows, { duplicates: 'update' })
    expect(result).toMatchObject({ added: 1, updated: 1 })
    expect(result.warnings[0]?.reason).toBe('the lead is changed again: the number is on line 2 already')
    expect(names).toEqual(['Grace'])
  })
})

describe('a dry run', () => {
  it.each(['skip', 'update', 'add'] as const)(
    'with `%s` counts the same and stores nothing',
    async (duplicates) => {
      const rows = [
        row(2, 'Ada', '030 901820'),
        row(3, 'Grace', '030 901820'),
        row(4, 'Known', '030 1234567'),
      ]
      const phones = ['030 1234567']
      const { result: dry, names } = await importBatch(rows, { duplicates, phones, dryRun: true })
      const { result } = await importBatch(rows, { duplicates, phones })
      expect(dry).toEqual(result)
      expect(names).toEqual(['0'])
    },
  )
})
