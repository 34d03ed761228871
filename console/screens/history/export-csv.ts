import { type Api, dataOf } from '../../api/client.ts'
import type { Language } from '../../i18n/language.ts'
import { type HistorySearch, toHistoryQuery } from './search.ts'

const NEWLINE = 10

/**
 * Downloads the calls of a filter as one CSV file.
 *
 * @param onRows called with the number of calls so far
 * @returns the file and the number of its calls
 * @throws {ApiError}, or the reason of the signal after it was aborted
 */
export async function exportCsv(
  api: Api,
  search: HistorySearch,
  { language, signal, onRows }: { language: Language; signal: AbortSignal; onRows(count: number): void },
): Promise<{ file: Blob; rows: number }> {
  const stream = await dataOf(
    api.GET('/api/v1/calls/history.csv', {
      params: {
        // The separator that spreadsheets of the language expect: theirs is the decimal comma.
        query: { ...toHistoryQuery(search), delimiter: language === 'en' ? 'comma' : 'semicolon' },
      },
      parseAs: 'stream',
      signal,
    }),
  )
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let lines = 0
  for await (const chunk of readChunks(stream)) {
    chunks.push(chunk)
    for (const byte of chunk) if (byte === NEWLINE) lines += 1
    onRows(Math.max(0, lines - 1))
  }
  return { file: new Blob(chunks, { type: 'text/csv' }), rows: Math.max(0, lines - 1) }
}

/** Not all browsers iterate over a stream. */
async function* readChunks(stream: ReadableStream<Uint8Array<ArrayBuffer>> | null) {
  const reader = stream?.getReader()
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done || value === undefined) return
    yield value
  }
}

/** Has the browser save a file. */
export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
