import { describe, expect, test } from 'vitest'
import { createDialPolicy } from '../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../api/core/dial-policy/policy-file.ts'
import { parseNumberList } from '../../../bin/admin/number-list.ts'

const RULES = {
  US: createDialPolicy(PolicyFile.parse({ country: 'US' })),
  DE: createDialPolicy(PolicyFile.parse({ country: 'DE' })),
  none: createDialPolicy(PolicyFile.parse({})),
}
async function read(country: keyof typeof RULES, text: string) {
  const { numbers, invalid } = await parseNumberList(text, RULES[country])
  return { numbers: numbers.map(([number]) => number), bad: invalid.map(({ line }) => line) }
}

describe('a line is one number', () => {
  test.each([
    ['the file of the FTC', 'US', '212,5550143\n212,5550144\n', ['+12125550143', '+12125550144']],
    ['the same without a country', 'none', '212,5550143\n', ['2125550143']],
    ['with a tab', 'US', '212\t5550143', ['+12125550143']],
    ['with a semicolon', 'US', '212;5550143', ['+12125550143']],
    ['in three cells', 'US', '212,555,0148', ['+12125550148']],
    ['with a country code', 'US', '1,212,5550148', ['+12125550148']],
    ['quoted', 'US', '"212","5550147"\r\n"+1 212 555 0146"\r\n', ['+12125550147', '+12125550146']],
    ['in parentheses', 'US', '(212),555-0147', ['+12125550147']],
    ['an area code with a trunk 0', 'DE', '030;123456', ['+4930123456']],
    ['an area code with a trunk 0, without a country', 'none', '030;123456', ['030123456']],
    [
      'words behind it',
      'DE',
      '030 901820, known, since May\n+44 20 7946 0018;London',
      ['+4930901820', '+442079460018'],
    ],
    ['a date behind it', 'DE', '030901820,2026-01-31\n030901821;31.01.2026', ['+4930901820', '+4930901821']],
    ['words behind two cells', 'US', '212,5550143,asked by mail', ['+12125550143']],
    ['a comment', 'DE', '# of last week\n030901820 # asked\n\n  \n', ['+4930901820']],
    ['a quoted comma', 'DE', '030901820,"Ada, of sales"', ['+4930901820']],
    ['an empty cell behind', 'US', '212,5550143,\n2125550144,,\n', ['+12125550143', '+12125550144']],
    ['a header of two columns', 'US', 'Area Code,Phone Number\n212,5550143', ['+12125550143']],
    [
      'a header with the number behind a name',
      'DE',
      'Name;Telefon;Grund\nAda;030 901820;5 Anrufe',
      ['+4930901820'],
    ],
    ['a header, an empty area code and a whole number', 'US', 'area,number\n,2125550144', ['+12125550144']],
    ['the same without a country', 'none', 'area,number\n,2125550144', ['2125550144']],
    ['empty cells before the number', 'DE', ';;030901820', ['+4930901820']],
    ['a header of words that are not known', 'DE', 'Sperrliste\n030901820', ['+4930901820']],
    ['the line of Excel and a byte order mark', 'DE', '\ufeffsep=;\n030901820;Ada', ['+4930901820']],
    ['tel:', 'DE', 'tel:+49-30-901820', ['+4930901820']],
    ['an extension', 'DE', '1003', ['1003']],
    ['marks of an address book', 'DE', '\u202a+49\u00a030\u00a0901820\u202c', ['+4930901820']],
  ] as const)('%s', async (_, country, text, numbers) => {
    expect(await read(country, text)).toEqual({ numbers, bad: [] })
  })
})

describe('no half of a line is taken', () => {
  test.each([
    ['two numbers', 'US', '2125550143,2125550144'],
    ['two numbers with a slash', 'DE', '030 123456 / 0171 2345678'],
    ['a number and some digits', 'US', '2125550143,57'],
    ['an extension and a number', 'DE', '1003,0171 2345678'],
    ['an area code and too little', 'US', '212,55501'],
    ['an area code and too much', 'US', '212,55501431'],
    ['two short numbers without a country', 'none', '12345,67890'],
    ['a number behind words', 'DE', '030901820,call,0171 2345678'],
    ['words before it, without a header', 'DE', '1\nAda,030901820'],
    ['a fraction', 'DE', '4930123456.0'],
    ['scientific notation', 'DE', '4.93E+11'],
    ['words', 'DE', '1\nnobody'],
    ['an extension in words', 'DE', '030901820 ext 5'],
    ['an empty area code, and no whole number', 'US', 'area,number\n,5550144'],
    ['the same without a country', 'none', 'area,number\n,5550144'],
    ['an empty area code and an empty number', 'US', 'name,area,number\nAda,,'],
    ['an empty column of the header', 'DE', 'name,phone\nAda,'],
  ] as const)('%s', async (_, country, text) => {
    const lines = text.split('\n').length
    expect((await read(country, text)).bad).toEqual([lines])
  })

  test('bad lines are reported by their numbers in the file', async () => {
    expect(await read('DE', '# a\n\nnumber\n030901820\nx,y\n1/2/3/12345\n')).toEqual({
      numbers: ['+4930901820'],
      bad: [5, 6],
    })
  })
})

test('an emergency number is named by its line, and not taken for a number', async () => {
  const { numbers, invalid } = await parseNumberList('030901820\n112\n1003\n"110"\n', RULES.DE)
  expect(numbers.map(([number]) => number)).toEqual(['+4930901820', '1003'])
  expect(invalid.map(({ line, reason }) => [line, reason])).toEqual([
    [2, 'an emergency number is never on the list'],
    [4, 'an emergency number is never on the list'],
  ])
})
