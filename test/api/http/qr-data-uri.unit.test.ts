import { describe, expect, test } from 'vitest'
import { qrDataUri } from '../../../api/http/qr-data-uri.ts'

const link = `https://voice.example.org/sip/provisioning.xml?ticket=${'a'.repeat(43)}`

/** The dark modules of a QR code, as rows of `#` and blanks. */
function read(uri: string): string[] {
  const [kind, data = ''] = uri.split(',')
  expect(kind).toBe('data:image/svg+xml;base64')
  const svg = Buffer.from(data, 'base64').toString('utf8')
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]) / 10
  const rows = Array.from({ length: size }, () => Array<string>(size).fill(' '))
  for (const [, x, y] of svg.matchAll(/M(\d+),(\d+)h10v10h-10z/g)) {
    const row = rows[Number(y) / 10]
    if (row !== undefined) row[Number(x) / 10] = '#'
  }
  return rows.map((row) => row.join(''))
}

describe('the QR code of a link', () => {
  const rows = read(qrDataUri(link))

  test('has three finder patterns and a quiet zone', () => {
    const corner = (x: number, y: number) => rows.slice(y, y + 7).map((row) => row.slice(x, x + 7))
    const FINDER = ['#######', '#     #', '# ### #', '# ### #', '# ### #', '#     #', '#######']
    const far = rows.length - 4 - 7
    for (const [x, y] of [
      [4, 4],
      [far, 4],
      [4, far],
    ] as const) {
      expect(corner(x, y)).toEqual(FINDER)
    }
    expect(corner(far, far)).not.toEqual(FINDER)
    for (const row of [...rows.slice(0, 4), ...rows.slice(-4)]) expect(row.trim()).toBe('')
    for (const row of rows) expect([row.slice(0, 4).trim(), row.slice(-4).trim()]).toEqual(['', ''])
  })

  test('differs for another ticket and has the same size', () => {
    const other = read(qrDataUri(`${link.slice(0, -1)}b`))
    expect(other).not.toEqual(rows)
    expect(other.length).toBe(rows.length)
  })
})
