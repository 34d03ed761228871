import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nameOfCallerId } from '../../../api/provisioning/endpoint-people.ts'
import { parseAsteriskConf } from '../../../api/provisioning/pjsip-conf.ts'
import { readPjsipPeople } from '../../../api/provisioning/pjsip-people.ts'

const TEMPLATES = { phone: '{extension}', web: '{extension}-web' }
const peopleOf = (text: string, templates = TEMPLATES) =>
  readPjsipPeople(text, templates).people.map(({ extension, name }) => [extension, name])

describe('people of pjsip.conf', () => {
  test('are endpoints named like an extension', () => {
    const text = `
[transport-udp]
type = transport ; a comment
[phone](!)
type=endpoint
context => from-internal
;-- [1009]
type=endpoint --;
[1001](phone)
callerid = "Anna \\; Schmidt" <1001>
auth=1001
[1001]
type=auth
password=1001secret
[1001]
type=aor
[1002](phone)
[1002](+)
callerid=Bert <1002>
[1001-web](phone)
[trunk](phone)
[4930123456](phone)
[1003](phone)
outbound_auth=1003
`
    expect(peopleOf(text)).toEqual([
      ['1001', 'Anna ; Schmidt'],
      ['1002', 'Bert'],
    ])
  })

  test('are sections of pjsip_wizard.conf that register here', () => {
    const text = `
[hookswitch](!)
type = wizard
accepts_registrations = yes
[1001](hookswitch)
endpoint/callerid = "Anna" <1001>
[2000](hookswitch)
sends_registrations = yes
`
    expect(peopleOf(text)).toEqual([['1001', 'Anna']])
  })

  test('are named by the settings of endpoints', () => {
    const text = '[desk-1001]\ntype=endpoint\n[991001]\ntype=endpoint\n[1002]\ntype=endpoint\n'
    expect(peopleOf(text, { phone: 'desk-{extension}', web: '{extension}-web' })).toEqual([['1001', null]])
    expect(peopleOf(text, { phone: '{extension}', web: '99{extension}' })).toEqual([['1002', null]])
  })

  test.each([
    ['#include pjsip_custom.conf', '#include is not followed: name that file instead'],
    ['#exec /bin/sh', '#exec is not followed: name that file instead'],
    ['no option', 'this line is not an option'],
    ['[x](missing)', 'there is no template missing'],
    ['[x](+)', 'there is no section x to add to'],
  ])('a line that is not read is an error: %s', (line, reason) => {
    const { people, lineErrors } = readPjsipPeople(`[1001]\ntype=endpoint\n${line}\n`, TEMPLATES)
    expect(people).toHaveLength(1)
    expect(lineErrors).toEqual([{ line: 3, reason }])
  })

  test('no secret of the file becomes a part of a person or an error', () => {
    const read = readPjsipPeople('[1001]\ntype=endpoint\npassword=hush\npassword hush\n', TEMPLATES)
    expect(JSON.stringify(read)).not.toContain('hush')
  })

  test('a file without sections is refused', () => {
    expect(() => readPjsipPeople('extension,name\n1001,Anna\n', TEMPLATES)).toThrow('no section')
  })
})

test.each([
  ['"Anna Schmidt" <1001>', 'Anna Schmidt'],
  ['Anna <1001>', 'Anna'],
  ['"An \\"A\\" na" <1>', 'An "A" na'],
  ['<1001>', null],
  ['1001', null],
  ['<unknown>', null],
  ['', null],
])('the name of the caller id %s', (callerId, name) => {
  expect(nameOfCallerId(callerId)).toBe(name)
})

describe('parseAsteriskConf', () => {
  test('reads any text without an error, each lineError with a line of it', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '(',
      '!',
      '+',
      ')',
      ';',
      '--',
      '\\',
      '=',
      '>',
      '#',
      'a',
      ' ',
      '\n',
      '\r',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join('')),
        ),
        (text) => {
          const lines = text.split(/\r\n|\r|\n/).length
          for (const { line } of parseAsteriskConf(text).lineErrors) {
            expect(line).toBeGreaterThan(0)
            expect(line).toBeLessThanOrEqual(lines)
          }
        },
      ),
    )
  })

  test('reads what was written', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
    const value = fc.stringMatching(/^[A-Za-z0-9;"<> ]{0,12}$/).map((text) => text.trim())
    const section = fc.tuple(word, fc.dictionary(word, value, { maxKeys: 4, noNullPrototype: true }))
    fc.assert(
      fc.property(fc.array(section, { maxLength: 5 }), (sections) => {
        const text = sections
          .map(([name, options]) =>
            [
              `[${name}]`,
              ...Object.entries(options).map(
                ([key, one]) => `${key} = ${one.replaceAll(';', '\\;')} ; a comment`,
              ),
            ].join('\n'),
          )
          .join('\n\n')
        const read = parseAsteriskConf(text)
        expect(read.lineErrors).toEqual([])
        expect(read.sections.map(({ name, options }) => [name, Object.fromEntries(options)])).toEqual(
          sections.map(([name, options]) => [name, { ...options }]),
        )
      }),
    )
  })
})
