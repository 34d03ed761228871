import { expect, it } from 'vitest'
import { allRows } from '../../../console/components/call-center/all-rows.ts'

it('loads each page that the answer before it names', async () => {
  const asked: (string | undefined)[] = []
  const pages: Record<string, { data: number[]; next?: string }> = {
    '': { data: [1, 2], next: 'abc_-' },
    'abc_-': { data: [3, 4], next: 'def' },
    def: { data: [5] },
  }
  const rows = await allRows(async (cursor) => {
    asked.push(cursor)
    const { data, next } = pages[cursor ?? ''] ?? { data: [] }
    const headers = next === undefined ? {} : { Link: `</api/agents?limit=2&cursor=${next}>; rel="next"` }
    return { data, response: new Response(null, { headers }) }
  })
  expect(rows).toEqual([1, 2, 3, 4, 5])
  expect(asked).toEqual([undefined, 'abc_-', 'def'])
})
