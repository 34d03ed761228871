import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCsv } from '../../../../../api/core/call-center/leads/csv-parser.ts'
import { readRows } from '../../../../../api/core/call-center/leads/csv-reader.ts'
import { detectDelimiter } from '../../../../../api/core/call-center/leads/detect-delimiter.ts'
import { splitChunks } from '../../../../../api/core/call-center/leads/split-chunks.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'

async function cellsOf(parts: readonly string[], delimiter: ',' | ';' = ',') {
  const rows: string[][] = []
  for await (const { cells } of parseCsv(parts, delimiter)) rows.push([...cells])
  return rows
}
const reasonFor = (reading: Promise<unknown>) =>
  reading.then(
    () => 'none',
    (err) => (err instanceof Refusal ? err.detail : String(err)),
  )

/** How csv-parse reads it, without what is blank. */
const byAnother = (text: string): string[][] | 'none' => {
  try {
    const rows = parse(text, {
      relax_column_count: true,
      relax_quotes: true,
      record_delimiter: ['\r\n', '\n', '\r'],
    }) as string[][]
    return rows.filter((cells) => cells.some((cell) => cell.trim() !== ''))
  } catch {
    return 'none'
  }
}
const pieces = fc.array(fc.constantFrom('"', '""', ',', '\n', '\r\n', '\r', ' ', 'a', 'ü', '😀', ';'), {
  maxLength: 40,
})

test('returns the same rows as the package csv-parse, wherever the text is split', async () => {
  await fc.assert(
    fc.asyncProperty(pieces, fc.array(fc.nat(60), { maxLength: 4 }), async (some, cuts) => {
      const text = some.join('')
      const at = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length]
      const parts = at.slice(1).map((end, n) => text.slice(at[n], end))
      expect(await cellsOf(parts).catch(() => 'none')).toEqual(byAnother(text))
    }),
    { numRuns: 3_000 },
  )
})

describe('rejects a list that exceeds a limit', () => {
  test.each<[string, () => string, RegExp]>([
    ['blank lines', () => '\n'.repeat(400_000), /100000 blank rows/],
    ['blank lines with CRLF', () => '\r\n'.repeat(200_000), /blank rows/],
    ['rows of blank cells', () => `phone\n${' , ,\n'.repeat(200_000)}`, /blank rows/],
    ['rows', () => `phone\n${'1\n'.repeat(600_000)}`, /500000 rows/],
    ['cells of a row', () => `phone\n${','.repeat(2_000)}\n`, /line 2: a row has up to 1000 cells/],
    ['commas and nothing else', () => ','.repeat(30_000_000), /line 1: a row has up to 1000 cells/],
    ['columns', () => `phone${',x'.repeat(100)}\n1\n`, /100 columns/],
    ['a cell', () => `phone,notes\n1,${'x'.repeat(40_000)}\n`, /line 2: .* too long/],
    ['a row', () => `phone,notes\n${`${'x'.repeat(30_000)},`.repeat(4)}\n`, /line 2: .* too long/],
    ['a row of quotes', () => `phone\n"${'""'.repeat(80_000)}"\n`, /line 2: .* too long/],
    ['an unclosed quote', () => `phone\n1\n"${'x\n'.repeat(300_000)}`, /line 3: a quote is not closed/],
  ])('%s', { timeout: 180_000 }, async (_, make, reason) => {
    const text = make()
    const reading = async () => {
      for await (const _row of readRows(splitChunks(text), {
        delimiter: detectDelimiter(text),
        mapping: null,
      }))
        void _row
    }
    expect(await reasonFor(reading())).toMatch(reason)
  })
})

/** How long a timer of 1 ms had to wait on average: one long wait may be the machine's doing. */
async function waitBesides(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  let turns = 1
  const timer = setInterval(() => {
    turns += 1
  }, 1)
  await work()
  clearInterval(timer)
  return (performance.now() - begun) / turns
}

test.each<[string, () => string]>([
  ['65 000 blank lines', () => `phone\n1\n${'\n'.repeat(65_000)}`],
  ['400 000 blank lines', () => `phone\n1\n${'\n'.repeat(400_000)}`],
  ['30 MB of commas', () => ','.repeat(30_000_000)],
  ['400 000 rows', () => `phone,name\n${'+4930,"A ""B"" C"\n'.repeat(400_000)}`],
])('the event loop is not blocked while %s are parsed', async (_, make) => {
  const text = make()
  const wait = await waitBesides(async () => {
    const reading = async () => {
      for await (const _row of readRows(splitChunks(text), {
        delimiter: detectDelimiter(text),
        mapping: null,
      }))
        void _row
    }
    await reasonFor(reading())
  })
  expect(wait).toBeLessThan(200)
})

test('parsing stops when the client has disconnected', async () => {
  const gone = new AbortController()
  let parts = 0
  function* endless() {
    for (;;) {
      parts += 1
      if (parts === 3) gone.abort()
      yield 'phone,name\n'
    }
  }
  const reading = async () => {
    for await (const _row of parseCsv(endless(), ',', gone.signal)) void _row
  }
  expect(await reasonFor(reading())).toBe('the client has disconnected')
  expect(parts).toBeLessThan(6)
})
