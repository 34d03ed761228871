import { connect } from 'node:net'
import type { Stack } from './stack.ts'

export type RawHeaders = readonly (readonly [name: string, value: string])[]

export interface RawRequest {
  method?: string
  /** Sent as it stands: no client in between tidies it up. */
  path: string
  headers?: RawHeaders
  body?: string
  /** What follows the first answer, byte for byte; the connection is kept until the answer to it or its end. */
  next?: Buffer
  /** How long to wait for an answer. */
  timeoutMs?: number
}

export interface RawReply {
  /** 0 where the connection was closed without an answer. */
  status: number
  /** The first bytes of the answer, its head included. */
  text: string
}

/** Sends bytes to the front door and reads the beginning of the answer; streams are dropped after that. */
export function sendRaw(
  stack: Stack,
  { method = 'GET', path, headers = [], body, next, timeoutMs }: RawRequest,
): Promise<RawReply> {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    ...(headers.some(([name]) => /^host$/i.test(name)) ? [] : ['Host: 127.0.0.1']),
  ]
  return sendBytes(stack, Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`), next, timeoutMs)
}

export function sendBytes(stack: Stack, bytes: Buffer, next?: Buffer, timeoutMs = 5_000): Promise<RawReply> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(stack.url).port), '127.0.0.1')
    let text = ''
    let more = next
    const done = () => {
      clearTimeout(late)
      socket.destroy()
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text })
    }
    const late = setTimeout(done, timeoutMs)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      if (more === undefined) return next === undefined ? done() : undefined
      socket.write(more)
      more = undefined
      // The other side may not answer it.
      setTimeout(done, 200)
    })
    socket.on('close', done)
    socket.on('error', done)
    socket.write(bytes)
  })
}
