import { connect } from 'node:tls'

/** A request over HTTP/2 with headers that Node's own client refuses to send, or with several of one name. */
export interface RawHttp2Request {
  /** In order; pseudo-headers first. */
  headers: readonly (readonly [name: string, value: string])[]
  /** Sent as DATA after the headers; undefined ends the request with them. */
  body?: string
}

const DATA = 0
const HEADERS = 1
const RST_STREAM = 3
const SETTINGS = 4
const END_STREAM = 1
const END_HEADERS = 4

/** Status codes that HPACK has a number for (RFC 7541, appendix A). */
const INDEXED: Record<number, number> = {
  136: 200,
  137: 204,
  138: 206,
  139: 304,
  140: 400,
  141: 404,
  142: 500,
}

/**
 * Sends requests over one connection, one after the other's answer.
 * @returns the status of each: 0 if the stream was reset, -1 if the connection ended
 */
export function sendHttp2(
  { port, ca }: { port: number; ca: string },
  requests: readonly RawHttp2Request[],
): Promise<number[]> {
  return new Promise((resolve) => {
    const statuses: number[] = []
    const socket = connect({ host: '127.0.0.1', port, ca, ALPNProtocols: ['h2'] }, () => {
      socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(SETTINGS, 0, 0)]))
      sendNext()
    })
    let received: Buffer = Buffer.alloc(0)
    const done = () => {
      clearTimeout(late)
      socket.destroy()
      resolve([...statuses, ...requests.slice(statuses.length).map(() => -1)])
    }
    const late = setTimeout(done, 15_000)
    const sendNext = () => {
      const request = requests[statuses.length]
      if (request === undefined) return done()
      const stream = statuses.length * 2 + 1
      const end = request.body === undefined ? END_STREAM : 0
      socket.write(frame(HEADERS, END_HEADERS | end, stream, encode(request.headers)))
      if (request.body !== undefined) socket.write(frame(DATA, END_STREAM, stream, Buffer.from(request.body)))
    }
    const answered = (stream: number, status: number) => {
      // Another frame of an earlier answer.
      if (stream !== statuses.length * 2 + 1) return
      statuses.push(status)
      sendNext()
    }
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
      while (received.length >= 9 && received.length >= 9 + received.readUIntBE(0, 3)) {
        const end = 9 + received.readUIntBE(0, 3)
        const [type, stream, payload] = [received[3], received.readUInt32BE(5), received.subarray(9, end)]
        received = received.subarray(end)
        if (type === HEADERS) answered(stream, statusOf(payload))
        if (type === RST_STREAM) answered(stream, 0)
      }
    })
    socket.on('error', () => {})
    socket.on('close', done)
  })
}

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** Literal fields without indexing and without Huffman code (RFC 7541 §6.2.2). */
function encode(headers: RawHttp2Request['headers']): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value, 'latin1')
    return Buffer.concat([encodeLength(bytes.length), bytes])
  }
  return Buffer.concat(headers.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]))
}

/** An integer with a prefix of 7 bits (RFC 7541 §5.1). */
function encodeLength(length: number): Buffer {
  if (length < 127) return Buffer.from([length])
  const bytes = [127]
  for (let rest = length - 127; ; rest >>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest & 127) | 128)
  }
}

/** nginx sends the status first, perhaps after a new size of its table; one without a number as three digits. */
function statusOf(block: Buffer): number {
  let at = 0
  while (((block[at] ?? 0) & 0xe0) === 0x20) at += 1
  const indexed = INDEXED[block[at] ?? 0]
  return indexed ?? Number(block.toString('latin1', at + 2, at + 5))
}
