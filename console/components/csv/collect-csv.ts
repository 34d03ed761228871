const NEWLINE = 10
const QUOTE = 34

/**
 * Reads a CSV file as it arrives.
 *
 * @param onRows called with the number of records below the header so far; a record may have line breaks within quotes
 */
export async function collectCsv(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  onRows: (count: number) => void,
): Promise<{ file: Blob; rows: number }> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let records = 0
  let isQuoted = false
  for await (const chunk of readChunks(stream)) {
    chunks.push(chunk)
    for (const byte of chunk) {
      // A quote within quotes is doubled (RFC 4180 §2), which ends and begins them.
      if (byte === QUOTE) isQuoted = !isQuoted
      else if (byte === NEWLINE && !isQuoted) records += 1
    }
    onRows(Math.max(0, records - 1))
  }
  return { file: new Blob(chunks, { type: 'text/csv' }), rows: Math.max(0, records - 1) }
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
