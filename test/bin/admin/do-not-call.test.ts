import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, test } from 'vitest'
import { project } from '../../support/build.ts'

const data = mkdtempSync(join(tmpdir(), 'dnc-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))
const policy = join(data, 'policy.json')
writeFileSync(policy, JSON.stringify({ country: 'DE' }))

const dnc = (...words: string[]) => dncWith(policy, ...words)

async function dncWith(settings: string, ...words: string[]) {
  const child = spawn(process.execPath, [join(project, 'dist', 'hookswitch.js'), 'dnc', ...words], {
    env: { ...process.env, HOOKSWITCH_DATA: data, HOOKSWITCH_DIAL_POLICY: settings },
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, out, err }
}
const listed = async () =>
  (await dnc('list')).out
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {2,}/))
    .map(([number, , why]) => [number, why])

describe('the do-not-call list on the command line', () => {
  test('numbers are added in one spelling, listed, imported from a file, and removed', async () => {
    expect((await dnc('add', '030 901820', '+49 (30) 901820', '--reason', 'asked for it')).out).toContain(
      '1 new',
    )
    expect(await listed()).toEqual([['+4930901820', 'asked for it']])

    const file = join(data, 'list.csv')
    writeFileSync(
      file,
      '\ufeff# of last week\n030 901820, known\r\n\r\n+44 20 7946 0018;London\n0049 30 901821',
    )
    expect((await dnc('import', file)).out).toContain('2 new')
    expect(await listed()).toEqual([
      ['+442079460018', 'by an admin'],
      ['+4930901820', 'asked for it'],
      ['+4930901821', 'by an admin'],
    ])

    expect((await dnc('remove', '030/901820')).code).toBe(0)
    expect((await listed()).map(([number]) => number)).toEqual(['+442079460018', '+4930901821'])
  })

  test('an extension may be added by the command line, and a list with an emergency number changes nothing', async () => {
    expect((await dnc('add', '1002')).out).toContain('1 new')
    expect((await dnc('remove', '1002')).code).toBe(0)
    const file = join(data, 'emergency.csv')
    writeFileSync(file, '030 901877\n112\n')
    expect(await dnc('import', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        'line 2: "112" is no number: an emergency number is never on the list; nothing was changed',
      ),
    })
    expect((await listed()).map(([number]) => number)).not.toContain('+4930901877')
  })

  test('entries from before a country was set hold: they are not added again, and go by any spelling', async () => {
    const before = (...words: string[]) => dncWith('', ...words)
    await before('add', '030123456', '004930123457', '+4930123458')
    expect((await dnc('add', '+49 30 123456', '030 123457', '030 123458')).out).toContain('0 new')
    for (const number of ['+49 30 123456', '030 123457', '4930123458']) {
      expect(await dnc('remove', number)).toMatchObject({ code: 0 })
    }
    expect((await listed()).map(([number]) => number)).toEqual(['+442079460018', '+4930901821'])
  })

  test('a registry’s file with the area code in a cell of its own is taken in whole', async () => {
    const file = join(data, 'registry.csv')
    writeFileSync(file, '"030","901830"\n030;901831;since May\n')
    expect(await dnc('import', file)).toMatchObject({ code: 0, out: expect.stringContaining('2 new') })
    expect((await dnc('remove', '+4930901830', '+4930901831')).code).toBe(0)
  })

  test.each([
    ['UTF-8', Buffer.from(''), 'utf8'],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeff'), 'utf8'],
    ['UTF-16 LE, as Excel’s Unicode text', Buffer.from('\ufeff', 'utf16le'), 'utf16le'],
    ['UTF-16 BE', Buffer.from('\ufeff', 'utf16le').swap16(), 'utf16be'],
    ['Windows-1252, as Excel’s CSV', Buffer.from(''), 'latin1'],
  ])(
    'every phone of each row of a list in %s is taken, and the result names the columns',
    async (_, mark, encoding) => {
      const rows = 'Nombre;Teléfono;Móvil\r\nJosé;030 901840;0171 9100190\r\nAna;;0171 9100191\r\n'
      const bytes =
        encoding === 'utf16be'
          ? Buffer.from(rows, 'utf16le').swap16()
          : Buffer.from(rows, encoding as BufferEncoding) // the others are Node's
      const file = join(data, 'contacts.csv')
      writeFileSync(file, Buffer.concat([mark, bytes]))
      const { code, out } = await dnc('import', file)
      expect({ code, out: out.trim() }).toEqual({
        code: 0,
        out: '2 lines with 3 numbers, of the columns Teléfono, Móvil (left out: Nombre); 3 new on the do-not-call list',
      })
      expect((await dnc('remove', '030901840', '01719100190', '01719100191')).code).toBe(0)
    },
  )

  test('a workbook is refused in one line', async () => {
    const file = join(data, 'book.xlsx')
    writeFileSync(file, Buffer.from('504b030414000600', 'hex'))
    expect(await dnc('import', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('save it as CSV'),
    })
  })

  test('one bad line of a file changes nothing', async () => {
    const before = await listed()
    const file = join(data, 'bad.csv')
    writeFileSync(file, '+4930111111\nnobody\n030 1,0171 2345678\n')
    expect(await dnc('import', file)).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /line 2: "nobody" is no number: .*; line 3: "030 1,0171 2345678" is no number: .*; nothing was changed/,
      ),
    })
    expect(await listed()).toEqual(before)
  })

  test.each([
    [['add'], 'which number?'],
    [['add', 'nobody'], '"nobody" is no number'],
    [['remove', '+4930999999'], '+4930999999 is not on the list'],
    [['add', '030901899', '112'], '"112": an emergency number is never on the list; nothing was changed'],
    [['import'], 'dnc import takes one file'],
    [['import', '/nowhere'], '/nowhere cannot be read'],
    [['burn'], 'dnc add, remove, list or import'],
  ])('dnc %j reports what is wrong', async (words, said) => {
    expect(await dnc(...words)).toMatchObject({ code: 2, err: expect.stringContaining(said) })
  })
})
