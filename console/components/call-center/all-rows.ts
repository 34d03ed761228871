type Page<Row> = { data?: readonly Row[]; response: Response }

/**
 * All rows of a list that the API answers in pages as a bare array, with a `Link` to the next one (RFC 8288).
 * @param load a page; without a cursor the first one
 */
export async function allRows<Row>(load: (cursor?: string) => Promise<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | undefined
  do {
    const { data = [], response } = await load(cursor)
    rows.push(...data)
    cursor = nextCursor(response.headers.get('link'))
  } while (cursor !== undefined)
  return rows
}

function nextCursor(link: string | null): string | undefined {
  const next = /<([^>]*)>; rel="next"/.exec(link ?? '')?.[1]
  if (next === undefined) return undefined
  return new URL(next, 'http://any').searchParams.get('cursor') ?? undefined
}
