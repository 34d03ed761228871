import { describe, expect, test } from 'vitest'
import { applyMapping } from '../../../../../api/core/call-center/leads/column-mapping.ts'
import { readTable } from '../../../../../api/core/call-center/leads/csv-reader.ts'
import { previewImport } from '../../../../../api/core/call-center/leads/import-preview.ts'

describe('previewImport', () => {
  test('recognises delimiter and columns, and shows the cells as the import reads them', async () => {
    const rows = Array.from({ length: 30 }, (_, at) => `Ada ${at};="030${at}";x`)
    const preview = await previewImport([`sep=;\nVorname;Telefon;Fax\n${rows.join('\n')}\n`])
    expect(preview.delimiter).toBe(';')
    expect(preview.columns).toEqual([
      { header: 'Vorname', column: 'firstName' },
      { header: 'Telefon', column: 'phone' },
      { header: 'Fax', column: null },
    ])
    expect(preview.rows).toHaveLength(10)
    expect(preview.rows[1]).toEqual(['Ada 1', '0301', 'x'])
  })
  test('shows a list without a phone column, short rows, and a beginning that ends within a cell', async () => {
    const { columns, rows } = await previewImport(['who,where\nAda\nBob,Rome,more\n'], ',')
    expect(columns.map(({ column }) => column)).toEqual([null, null])
    expect(rows).toEqual([
      ['Ada', ''],
      ['Bob', 'Rome'],
    ])
    await expect(previewImport([''])).rejects.toMatchObject({ code: 'input_invalid' })
  })
})

describe('applyMapping', () => {
  test('fills the chosen members, whatever the headers suggest', async () => {
    const format = { delimiter: ',', mapping: ['lastName', null, 'phone'] } as const
    const { columns, rows } = await readTable(['phone,email,x\nKing,a@example.org,0301\n'], format)
    expect(columns.map(({ column }) => column)).toEqual(['lastName', null, 'phone'])
    const read = []
    for await (const { cells } of rows) read.push(cells)
    expect(read).toEqual([{ lastName: 'King', phone: '0301' }])
  })
  test.each([
    ['of another number of columns', ['phone'] as const, 'columns: the list has 2 columns, not 1'],
    ['without a phone', ['name', 'email'] as const, 'columns: one of them must be the phone'],
  ])('is refused %s', (_, mapping, reason) => {
    expect(() => applyMapping(['a', 'b'], mapping)).toThrow(reason)
  })
})
