import { connect } from 'node:net'
import type { Stack } from '../../support/stack.ts'

export interface RawResponse {
  /** 0 if nginx answered by HTTP/0.9, which has no head. */
  status: number
  head: string
  body: string
}

export interface Conversation {
  /** Without interim answers (100 Continue). */
  responses: RawResponse[]
  text: string
  /** Who ended the connection, and how. */
  end: 'closed' | 'reset' | 'left'
}

/**
 * Sends bytes to nginx and reads the responses.
 *
 * @param expected after so many responses the client waits a moment for one too many, and disconnects
 * @param timeoutMs after this time the client disconnects in any case
 */
export function converse(
  stack: Pick<Stack, 'url'>,
  bytes: Buffer,
  { expected = 1, timeoutMs = 300 } = {},
): Promise<Conversation> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(stack.url).port), '127.0.0.1')
    const chunks: Buffer[] = []
    let end: Conversation['end'] = 'left'
    let soon: NodeJS.Timeout | undefined
    const late = setTimeout(() => socket.destroy(), timeoutMs)
    const receivedText = () => Buffer.concat(chunks).toString('latin1')
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      clearTimeout(soon)
      if (parseResponses(receivedText()).length >= expected) soon = setTimeout(() => socket.destroy(), 10)
    })
    socket.once('end', () => {
      end = 'closed'
    })
    socket.once('error', () => {
      end = 'reset'
    })
    socket.once('close', () => {
      clearTimeout(late)
      clearTimeout(soon)
      const text = receivedText()
      resolve({ responses: parseResponses(text), text, end })
    })
    socket.write(bytes)
  })
}

/** Splits the bytes of one connection into answers. The last one may be cut off. */
export function parseResponses(text: string): RawResponse[] {
  if (text === '') return []
  if (!text.startsWith('HTTP/1.')) return [{ status: 0, head: '', body: text }]
  const answers: RawResponse[] = []
  for (let rest = text; rest !== ''; ) {
    const headEnd = rest.indexOf('\r\n\r\n')
    const head = headEnd < 0 ? rest : rest.slice(0, headEnd + 2)
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0)
    const [body, after] = headEnd < 0 ? ['', ''] : readBody(head, rest.slice(headEnd + 4))
    if (status >= 200 || status === 101) answers.push({ status, head, body })
    rest = after
  }
  return answers
}

function readBody(head: string, text: string): [body: string, rest: string] {
  // An answer to HEAD announces a body that it does not carry.
  if (text.startsWith('HTTP/1.')) return ['', text]
  const length = /\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) return [text.slice(0, Number(length)), text.slice(Number(length))]
  if (!/\ntransfer-encoding: *chunked/i.test(head)) return [text, '']

  let body = ''
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf('\r\n', at)
    const size = lineEnd < 0 ? Number.NaN : Number.parseInt(text.slice(at, lineEnd), 16)
    if (Number.isNaN(size)) return [body, '']
    if (size === 0) return [body, text.slice(lineEnd + 4)]
    body += text.slice(lineEnd + 2, lineEnd + 2 + size)
    at = lineEnd + 2 + size + 2
  }
}
