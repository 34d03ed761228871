import { frameMessage } from './sip-response.ts'

/** A message with its body, and what follows it before it is read; in bytes. */
const MAX_BUFFERED = 128 * 1024

const [CR, LF] = [0x0d, 0x0a]

/**
 * Cuts a stream into messages. Line breaks between them keep a connection open (RFC 5626 §4.4.1).
 * @returns takes what the stream delivers; after an error it takes nothing
 */
export function createStreamReader({
  onMessage,
  onError,
}: {
  onMessage(bytes: Buffer): void
  onError(err: Error): void
}): (chunk: Buffer) => void {
  let buffered: Buffer = Buffer.alloc(0)
  let hasFailed = false

  function readNext(): boolean {
    let start = 0
    while (buffered[start] === CR || buffered[start] === LF) start += 1
    buffered = buffered.subarray(start)
    const framed = frameMessage(buffered)
    if (framed.is === 'malformed' || buffered.length > MAX_BUFFERED) {
      hasFailed = true
      onError(new Error('the SIP server sent a malformed message'))
      return false
    }
    if (framed.is === 'more') return false
    const message = buffered.subarray(0, framed.end)
    buffered = buffered.subarray(framed.end)
    onMessage(message)
    return true
  }

  return (chunk) => {
    if (hasFailed) return
    buffered = Buffer.concat([buffered, chunk])
    while (readNext());
  }
}
