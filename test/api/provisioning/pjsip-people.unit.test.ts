import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nameOfCallerId } from '../../../api/provisioning/endpoint-people.ts'
import { parseAsteriskConf, readOption, readSectionStart } from '../../../api/provisioning/pjsip-conf.ts'
import { readPjsipPeople } from '../../../api/provisioning/pjsip-people.ts'

const TEMPLATES = { phone: '{extension}', web: '{extension}-web' }
const peopleOf = async (text: string, templates = TEMPLATES) =>
  (await readPjsipPeople(text, templates)).people.map(({ extension, name }) => [extension, name])

describe('people of pjsip.conf', () => {
  test('are endpoints named like an extension', async () => {
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
    expect(await peopleOf(text)).toEqual([
      ['1001', 'Anna ; Schmidt'],
      ['1002', 'Bert'],
    ])
  })

  test('are sections of pjsip_wizard.conf that register here', async () => {
    const text = `
[hookswitch](!)
type = wizard
accepts_registrations = yes
[1001](hookswitch)
endpoint/callerid = "Anna" <1001>
[2000](hookswitch)
sends_registrations = yes
`
    expect(await peopleOf(text)).toEqual([['1001', 'Anna']])
  })

  test('are named by the settings of endpoints', async () => {
    const text = '[desk-1001]\ntype=endpoint\n[991001]\ntype=endpoint\n[1002]\ntype=endpoint\n'
    expect(await peopleOf(text, { phone: 'desk-{extension}', web: '{extension}-web' })).toEqual([
      ['1001', null],
    ])
    expect(await peopleOf(text, { phone: '{extension}', web: '99{extension}' })).toEqual([['1002', null]])
  })

  test.each([
    ['#include pjsip_custom.conf', '#include is not followed: name that file instead'],
    ['#exec /bin/sh', '#exec is not followed: name that file instead'],
    ['no option', 'this line is not an option'],
    ['[x](missing)', 'there is no template missing'],
    ['[x](+)', 'there is no section x to add to'],
  ])('a line that is not read is an error: %s', async (line, reason) => {
    const { people, lineErrors } = await readPjsipPeople(`[1001]\ntype=endpoint\n${line}\n`, TEMPLATES)
    expect(people).toHaveLength(1)
    expect(lineErrors).toEqual([{ line: 3, reason }])
  })

  test('no secret of the file becomes a part of a person or an error', async () => {
    const read = await readPjsipPeople('[1001]\ntype=endpoint\npassword=hush\npassword hush\n', TEMPLATES)
    expect(JSON.stringify(read)).not.toContain('hush')
  })

  test('a file without sections is refused', async () => {
    await expect(readPjsipPeople('extension,name\n1001,Anna\n', TEMPLATES)).rejects.toThrow('no section')
  })

  test.each([
    ['a long line', `[1001]\n${'a'.repeat(8_001)}=1`, 'line 2 has more than 8000 characters'],
    ['many blanks', `[1001]\na${' '.repeat(200_000)}b`, 'line 2 has more than 8000 characters'],
    ['too many sections', '[1]\n'.repeat(50_001), 'line 50001: the file has more than 50000 sections'],
    ['too much text', '\n'.repeat(2_000_001), 'the file has more than 2000000 characters'],
  ])('a file with %s is refused', async (_, text, detail) => {
    await expect(readPjsipPeople(text, TEMPLATES)).rejects.toMatchObject({ code: 'input_invalid', detail })
  })

  const BLANKS = ' '.repeat(7_900)
  test.each([
    ['blanks within an option', `a${BLANKS}b\n`],
    ['blanks before a value', `a${BLANKS}=${BLANKS.slice(90)}b`.slice(0, 7_999)],
    ['blanks after a section', `[1001]${BLANKS}x\n`],
    ['flags of a section', `[1001](${'z,'.repeat(3_900)})\n`],
    ['a caller id without an end', `callerid="${'\\a'.repeat(3_900)}\n`],
  ])('time grows with the length alone: %s', async (_, line) => {
    const timeOf = async (lines: number) => {
      const text = `[1001]\ntype=endpoint\n${`${line.trimEnd()}\n`.repeat(lines)}`
      const startedAt = performance.now()
      await readPjsipPeople(text, TEMPLATES)
      return performance.now() - startedAt
    }
    const plain = `[1001]\n${'a=1\n'.repeat(400_000)}`
    const startedAt = performance.now()
    await readPjsipPeople(plain, TEMPLATES)
    // Of about the same length; quadratic time would be thousands of times longer.
    expect(await timeOf(200)).toBeLessThan(20 * (performance.now() - startedAt) + 500)
  })

  test('options of a template that no person has are not copied to each section', async () => {
    const options = Array.from({ length: 20_000 }, (_, at) => `o${at}=1`).join('\n')
    const text = `[t](!)\ntype=endpoint\n${options}\n${'[9](t)\n'.repeat(3_000)}`
    const asked: string[] = []
    const { sections } = await parseAsteriskConf(text, (name) => asked.push(name) > 0 && name === 'type')
    expect(asked).toHaveLength(20_001)
    expect(sections.map(({ options }) => options.size)).toEqual(Array(3_001).fill(1))
  })

  test('templates are found without a search through all sections, and few errors are kept', async () => {
    const { lineErrors } = await readPjsipPeople('[1](z)\n'.repeat(50_000), TEMPLATES)
    expect(lineErrors).toHaveLength(1_000)
    expect(lineErrors[0]).toEqual({ line: 1, reason: 'there is no template z' })
  })

  test('a long name is shortened in the reason', async () => {
    const { lineErrors } = await readPjsipPeople(`[1](${'z'.repeat(5_000)})`, TEMPLATES)
    expect(lineErrors[0]?.reason).toHaveLength('there is no template '.length + 81)
  })

  test('other work goes on while a large file is read', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await readPjsipPeople('[1001]\ntype=endpoint\ncallerid="A" <1>\n'.repeat(45_000), TEMPLATES)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(2)
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
  test('reads any text without an error, each lineError with a line of it', async () => {
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
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join('')),
        ),
        async (text) => {
          const lines = text.split(/\r\n|\r|\n/).length
          for (const { line } of (await parseAsteriskConf(text, () => true)).lineErrors) {
            expect(line).toBeGreaterThan(0)
            expect(line).toBeLessThanOrEqual(lines)
          }
        },
      ),
    )
  })

  test('separates the parts of a line as a pattern does', () => {
    const SECTION = /^\[([^\]]+)\]\s*(?:\(([^)]*)\))?\s*$/s
    const OPTION = /^([^=]+?)\s*=>?\s*(.*)$/s
    const piece = fc.constantFrom('[', ']', '(', ')', '!', '+', ',', '=', '>', 'a', 'B', ' ', '\t')
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }).map((all) => all.join('').trim()),
        (content) => {
          const [, name, flags = ''] = SECTION.exec(content) ?? []
          const all = flags.split(',').map((flag) => flag.trim())
          expect(readSectionStart(content)).toEqual(
            name === undefined ? undefined : { name: name.trim(), flags: all.filter((flag) => flag !== '') },
          )
          const [, key, value = ''] = OPTION.exec(content) ?? []
          expect(readOption(content)).toEqual(
            key === undefined ? undefined : { key: key.trim().toLowerCase(), value: value.trim() },
          )
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('reads what was written', async () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
    const value = fc.stringMatching(/^[A-Za-z0-9;"<> ]{0,12}$/).map((text) => text.trim())
    const section = fc.tuple(word, fc.dictionary(word, value, { maxKeys: 4, noNullPrototype: true }))
    await fc.assert(
      fc.asyncProperty(fc.array(section, { maxLength: 5 }), async (sections) => {
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
        const read = await parseAsteriskConf(text, () => true)
        expect(read.lineErrors).toEqual([])
        expect(read.sections.map(({ name, options }) => [name, Object.fromEntries(options)])).toEqual(
          sections.map(([name, options]) => [name, { ...options }]),
        )
      }),
    )
  })
})
