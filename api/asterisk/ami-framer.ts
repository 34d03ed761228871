const DELIMITER = Buffer.from('\r\n\r\n')
const INITIAL_BUFFER_BYTES = 64 * 1024

/** A message is longer than the limit: the connection must be closed. */
export class OversizeError extends Error {
  override name = 'OversizeError'
}

/**
 * Splits a byte stream into messages at empty lines, however the bytes arrive. Each byte is read and moved a
 * fixed number of times, also in an endless flood.
 *
 * @param maxMessageBytes of one message
 */
export function createAmiFramer(maxMessageBytes: number) {
  let buffer = Buffer.allocUnsafe(INITIAL_BUFFER_BYTES)
  let filledBytes = 0

  return {
    /** @throws {OversizeError} when a message is too long; the framer must not be used afterwards */
    push(chunk: Buffer): Buffer[] {
      if (filledBytes + chunk.length > buffer.length) grow(filledBytes + chunk.length)
      chunk.copy(buffer, filledBytes)
      // The bytes before this chunk contain no delimiter, except one that the chunk completes.
      let from = Math.max(0, filledBytes - DELIMITER.length + 1)
      filledBytes += chunk.length
      const messages: Buffer[] = []
      let start = 0
      for (;;) {
        const end = buffer.subarray(0, filledBytes).indexOf(DELIMITER, from)
        if ((end < 0 ? filledBytes : end) - start > maxMessageBytes)
          throw new OversizeError(`more than ${maxMessageBytes} bytes`)
        if (end < 0) break
        messages.push(Buffer.from(buffer.subarray(start, end)))
        start = end + DELIMITER.length
        from = start
      }
      if (start > 0) discardBefore(start)
      return messages
    },
  }

  function grow(minBytes: number) {
    const larger = Buffer.allocUnsafe(Math.max(minBytes, buffer.length * 2))
    buffer.copy(larger, 0, 0, filledBytes)
    buffer = larger
  }

  /** The remaining bytes came with the last chunk, so moving them costs no more than that chunk did. */
  function discardBefore(start: number) {
    buffer.copyWithin(0, start, filledBytes)
    filledBytes -= start
    if (filledBytes <= INITIAL_BUFFER_BYTES && buffer.length > 16 * INITIAL_BUFFER_BYTES) {
      const smaller = Buffer.allocUnsafe(INITIAL_BUFFER_BYTES)
      buffer.copy(smaller, 0, 0, filledBytes)
      buffer = smaller
    }
  }
}
