import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCsvPeople } from '../../../../api/core/account-imports/csv-people.ts'

describe('people of a list', () => {
  test('have the columns that the header names, in any order', async () => {
    const list =
      'Name;Extension;Role;Disabled;E-Mail;username\n"Schmidt, Anna";1001;Supervisor;no;;anna\n;1002;;yes;;\n'
    expect(await readCsvPeople(list)).toEqual({
      people: [
        {
          ...{ sourceId: 'anna', extension: '1001', username: 'anna', name: 'Schmidt, Anna', email: null },
          ...{ role: 'supervisor', disabled: false, line: 2 },
        },
        {
          ...{ sourceId: '1002', extension: '1002', username: undefined, name: '', email: null },
          ...{ disabled: true, line: 3 },
        },
      ],
      lineErrors: [],
    })
  })

  test('a row that cannot be read is named with its line', async () => {
    const list =
      'sep=,\nusername,role,disabled\nanna,boss,no\n,user,no\nbert,user,perhaps\ncarl,user,no,more\ndora,,\n'
    const { people, lineErrors } = await readCsvPeople(list)
    expect(people.map(({ username }) => username)).toEqual(['dora'])
    expect(lineErrors).toEqual([
      { line: 3, reason: 'role is one of user, supervisor, admin' },
      { line: 4, reason: 'the row has neither a username nor an extension' },
      { line: 5, reason: 'disabled is yes or no' },
      { line: 6, reason: 'the row has more cells than the header' },
    ])
  })

  test.each([
    ['without a header', '1001,Anna\n', 'the first row names columns'],
    ['of too many rows', `extension\n${'1\n'.repeat(100_001)}`, 'the list has more than 100000 rows'],
    ['of nothing', '', 'the first row names columns'],
    ['that names a column twice', 'extension,extension\n', 'a column is named twice'],
    ['with a quote that is not closed', 'extension\n"1001', 'a quote is not closed'],
  ])('a list %s is refused', async (_, list, reason) => {
    await expect(readCsvPeople(list)).rejects.toThrow(reason)
  })

  test('any list is read, or refused as input', async () => {
    const piece = fc.constantFrom(
      'extension',
      'username',
      'role',
      ',',
      ';',
      '"',
      '\n',
      '\r',
      '1001',
      'admin',
      ' ',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece).map((all) => all.join('')),
        async (list) => {
          const read = await readCsvPeople(list).catch((err) => {
            expect(err).toMatchObject({ code: 'input_invalid' })
            return { people: [], lineErrors: [] }
          })
          for (const { sourceId } of read.people) expect(sourceId).not.toBe('')
        },
      ),
    )
  })
})
