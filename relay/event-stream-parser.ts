const NEWLINE = 0x0a
const DATA = Buffer.from('data:')
const SPACE = 0x20

/**
 * Parses an event stream as Nchan writes it (WHATWG HTML §9.2.6): lines end with LF alone, and only the field `data` is
 * read. Messages stay bytes: a snapshot of nearly 1 MB goes to every client, and decoding it for each of them would be
 * most of a relay's work.
 * @returns parses the next bytes of the stream
 */
export function createEventStreamParser(onMessage: (message: Buffer) => void): (chunk: Buffer) => void {
  /** Chunks of a line that has not ended yet. */
  let partialLine: Buffer[] = []
  let data: Buffer[] = []

  function handleLine(line: Buffer) {
    if (line.length > 0) {
      if (line.subarray(0, DATA.length).equals(DATA)) {
        data.push(line.subarray(line[DATA.length] === SPACE ? DATA.length + 1 : DATA.length))
      }
      return
    }
    const [first, ...more] = data
    if (first === undefined) return
    data = []
    onMessage(more.length === 0 ? first : joinLines([first, ...more]))
  }

  return (chunk) => {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const part = chunk.subarray(start, end)
      handleLine(partialLine.length === 0 ? part : Buffer.concat([...partialLine, part]))
      partialLine = []
      start = end + 1
    }
    if (start < chunk.length) partialLine.push(chunk.subarray(start))
  }
}

const LINE_END = Buffer.from('\n')
const joinLines = (lines: readonly Buffer[]): Buffer =>
  Buffer.concat(lines.flatMap((line, n) => (n === 0 ? [line] : [LINE_END, line])))
