import { type IncomingMessage, request } from 'node:http'
import type { NamedOperation } from '../../support/openapi/document.ts'
import type { SchemaValidator } from '../../support/openapi/schema-validator.ts'

/** A response, as far as the document describes it. */
export interface DocumentedAnswer {
  status: number
  type: string | undefined
  /** Parsed if JSON; undefined for an open stream. */
  body: unknown
}

export interface DocumentedRequest {
  method: string
  url: string
  headers?: Record<string, string>
  body?: string | undefined
}

export async function sendRequest({
  method,
  url,
  headers,
  body,
}: DocumentedRequest): Promise<DocumentedAnswer> {
  const leave = new AbortController()
  const res = await fetch(url, {
    method,
    headers: { ...headers },
    signal: leave.signal,
    ...(body === undefined ? {} : { body }),
  })
  const type = res.headers.get('content-type')?.split(';')[0]
  if (type === 'text/event-stream') {
    leave.abort()
    return { status: res.status, type, body: undefined }
  }
  const text = await res.text()
  return {
    status: res.status,
    type: text === '' ? undefined : type,
    body: isJson(type) ? JSON.parse(text) : text,
  }
}

const isJson = (type: string | undefined) => type?.endsWith('json') === true

/** The same by a WebSocket handshake; what is opened is closed at once. */
export function openWebSocket({ url, headers }: DocumentedRequest): Promise<DocumentedAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      headers: {
        ...headers,
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    })
    asked.on('error', reject)
    asked.on('upgrade', (res, socket) => {
      socket.destroy()
      resolve({ status: res.statusCode ?? 0, type: undefined, body: undefined })
    })
    asked.on('response', (res) => resolve(read(res)))
    asked.end()
  })
}

async function read(res: IncomingMessage): Promise<DocumentedAnswer> {
  let text = ''
  for await (const piece of res.setEncoding('utf8')) text += piece
  const type = res.headers['content-type']?.split(';')[0]
  return { status: res.statusCode ?? 0, type, body: isJson(type) ? JSON.parse(text) : text }
}

/** @returns how an answer differs from the document, or undefined */
export function documentMismatch(
  { responses }: NamedOperation,
  { status, type, body }: DocumentedAnswer,
  schemas: SchemaValidator,
): string | undefined {
  const response = responses[status]
  if (response === undefined) return `${status} is not documented: ${JSON.stringify(body)}`
  const { content } = response
  // nginx's own error body, where the document has no schema.
  if (content === undefined)
    return status >= 400 || type === undefined ? undefined : `${status} has a body: ${type}`
  const media = content[type ?? ''] ?? content['*/*']
  if (media === undefined) return `${status} is ${type}, and not ${Object.keys(content)}`
  return body === undefined ? undefined : schemas.errorOf(media.schema, body)
}
