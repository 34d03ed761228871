const END = Buffer.from('\r\n\r\n')
const ROOM = 64 * 1024

/** More came than one message may hold: whoever sends this is not to be listened to. */
export class OversizeError extends Error {
  override name = 'OversizeError'
}

/**
 * Cuts a stream of bytes into messages at empty lines, however the bytes come. Each byte is looked at and
 * moved a fixed number of times, also in a flood without an end.
 *
 * @param most bytes of one message
 */
export function createSplitter(most: number) {
  let room = Buffer.allocUnsafe(ROOM)
  let held = 0

  return {
    /** @throws {OversizeError} once; use it no further then */
    push(chunk: Buffer): Buffer[] {
      if (held + chunk.length > room.length) grow(held + chunk.length)
      chunk.copy(room, held)
      // What was held has no end in it, save one that the chunk completes.
      let from = Math.max(0, held - END.length + 1)
      held += chunk.length
      const messages: Buffer[] = []
      let start = 0
      for (;;) {
        const end = room.subarray(0, held).indexOf(END, from)
        if ((end < 0 ? held : end) - start > most) throw new OversizeError(`more than ${most} bytes`)
        if (end < 0) break
        messages.push(Buffer.from(room.subarray(start, end)))
        start = end + END.length
        from = start
      }
      if (start > 0) keepFrom(start)
      return messages
    },
  }

  function grow(least: number) {
    const larger = Buffer.allocUnsafe(Math.max(least, room.length * 2))
    room.copy(larger, 0, 0, held)
    room = larger
  }

  /** What is kept came with the last chunk, so that moving it costs no more than that chunk did. */
  function keepFrom(start: number) {
    room.copyWithin(0, start, held)
    held -= start
    if (held <= ROOM && room.length > 16 * ROOM) {
      const smaller = Buffer.allocUnsafe(ROOM)
      room.copy(smaller, 0, 0, held)
      room = smaller
    }
  }
}
