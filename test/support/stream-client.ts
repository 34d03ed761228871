import { connect, type Socket } from 'node:net'
import { requestJson } from './http-client.ts'
import type { Stack } from './stack.ts'
import { HANDSHAKE } from './stream-requests.ts'

export type StreamKind = 'sse' | 'ws'

/** A message's own account of itself: when it was published, and at which instance alone; 0 for all of them. */
export interface Stamp {
  publishedAt: number
  instance: number
}

export interface StreamClient {
  kind: StreamKind
  socket: Socket
  /** Of the answer's head; 0 before it has come. */
  status(): number
  /** When the newest message that was received had been published, by `performance.now()`. */
  newest(): number
  /** Where the stream is, once it is known. */
  instance(): number | undefined
  closedAt(): number | undefined
}

export interface StreamRequest {
  kind: StreamKind
  token: string
  headers?: readonly string[]
  onStamp?(stamp: Stamp): void
  onClose?(): void
}

const MARK = '"chaos":['
const MAX_STAMP_LENGTH = 64
export const stamped = (instance: number, size = 0) => ({
  chaos: [Math.round(performance.now()), instance],
  pad: 'x'.repeat(size),
})

/** The bytes of a request for a stream of users-state. */
export function streamRequest({ kind, token, headers = [] }: StreamRequest): string {
  const form = kind === 'ws' ? HANDSHAKE.map((header) => header.join(': ')) : ['Accept: text/event-stream']
  const lines = [
    'GET /pbxcore/api/module-softphone-backend/v1/sub/users-state HTTP/1.1',
    'Host: 127.0.0.1',
    // Otherwise the connection outlives an EventSource's stream.
    ...(kind === 'sse' ? ['Connection: close'] : []),
    `Authorization: Bearer ${token}`,
    ...form,
    ...headers,
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** Follows users-state with a bare socket, so that a caller may stop reading, or break off at any byte. */
export function openStream({ url }: Pick<Stack, 'url'>, request: StreamRequest): StreamClient {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let status = 0
  let newest = Number.NEGATIVE_INFINITY
  let instance: number | undefined
  let closedAt: number | undefined
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    if (status === 0) status = Number(/^HTTP\/1\.1 (\d{3})/.exec(bytes.toString('latin1', 0, 12))?.[1] ?? 0)
    // A connection that was refused may be kept for another request.
    if (status !== 200 && status !== 101) socket.end()
    let read = 0
    for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
      const stamp = /^(\d+),(\d+)\]/.exec(bytes.toString('latin1', at + MARK.length, at + MAX_STAMP_LENGTH))
      if (stamp === null) continue
      read = at + 1
      newest = Math.max(newest, Number(stamp[1]))
      if (stamp[2] !== '0') instance = Number(stamp[2])
      request.onStamp?.({ publishedAt: Number(stamp[1]), instance: Number(stamp[2]) })
    }
    // A stamp may be cut by the end of a chunk.
    rest = Buffer.from(bytes.subarray(Math.max(read, bytes.length - MAX_STAMP_LENGTH)))
  })
  socket.on('error', () => {})
  socket.once('close', () => {
    closedAt = performance.now()
    request.onClose?.()
  })
  socket.write(streamRequest(request))
  return {
    kind: request.kind,
    socket,
    status: () => status,
    newest: () => newest,
    instance: () => instance,
    closedAt: () => closedAt,
  }
}

/** Does something that may be refused for a while until it is done. */
export async function retryUntilDefined<T>(deed: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const result = await deed().catch(() => undefined)
    if (result !== undefined) return result
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** @returns when the logout was acknowledged; a 401 after an unclear answer means that it had been done. */
export async function logOutAt(stack: Pick<Stack, 'base'>, token: string): Promise<number> {
  await retryUntilDefined(async () => {
    const { status } = await requestJson(`${stack.base}/auth/logout`, { method: 'POST', token })
    return status === 200 || status === 401 ? status : undefined
  })
  return performance.now()
}
