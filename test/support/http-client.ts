import { EventSource } from 'eventsource'
import type { Stack } from './stack.ts'

export interface SessionTokens {
  access: string
  refresh: string
}

export interface JsonReply {
  status: number
  headers: Headers
  body: Record<string, unknown>
}

/** Asks and reads JSON; an empty or other body is `{}`. */
export async function requestJson(
  url: string,
  init: RequestInit & { token?: string; json?: unknown } = {},
): Promise<JsonReply> {
  const headers = new Headers(init.headers)
  if (init.token !== undefined) headers.set('Authorization', `Bearer ${init.token}`)
  if (init.json !== undefined) headers.set('Content-Type', 'application/json')
  const res = await fetch(url, {
    ...init,
    headers,
    ...(init.json === undefined ? {} : { body: JSON.stringify(init.json), method: init.method ?? 'POST' }),
  })
  const text = await res.text()
  let body = {}
  try {
    body = JSON.parse(text)
  } catch {
    // Not every answer has a body of JSON.
  }
  return { status: res.status, headers: res.headers, body }
}

export async function login(
  stack: Pick<Stack, 'base'>,
  username = 'user1',
  password = 'password',
): Promise<SessionTokens> {
  const { status, body } = await requestJson(`${stack.base}/auth/login`, { json: { username, password } })
  if (status !== 200) throw new Error(`login of ${username} failed with ${status}`)
  return { access: String(body.access_token), refresh: String(body.refresh_token) }
}

export const logout = (stack: Pick<Stack, 'base'>, { access }: SessionTokens) =>
  requestJson(`${stack.base}/auth/logout`, { method: 'POST', token: access })

export const mediaStatus = async (stack: Stack, path: string, token?: string) =>
  (await requestJson(`${stack.url}/media/${path}`, token === undefined ? {} : { token })).status

export const publish = (stack: Pick<Stack, 'base'>, body: unknown) =>
  requestJson(`${stack.base}/pub/users-state`, { json: body })

/** What an EventSource saw, as it saw it. */
export interface SseSubscription {
  messages: Record<string, unknown>[]
  /** When the connection was lost or refused, by `performance.now()`; undefined while it is open. */
  lostAt(): number | undefined
  opens(): number
  /** Whether it gave up for good. */
  isClosed(): boolean
  close(): void
}

/** Follows a channel, `users-state` by default, with a real EventSource that sends the token as a header. */
export function subscribeSse(
  stack: Pick<Stack, 'base'>,
  token: string,
  url = `${stack.base}/sub/users-state`,
): SseSubscription {
  const source = new EventSource(url, {
    fetch: (input, init) =>
      fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
  })
  const messages: Record<string, unknown>[] = []
  let lostAt: number | undefined
  let opens = 0
  source.addEventListener('open', () => {
    opens += 1
    lostAt = undefined
  })
  source.addEventListener('message', (event) => messages.push(JSON.parse(event.data)))
  source.addEventListener('error', () => {
    lostAt ??= performance.now()
  })
  return {
    messages,
    lostAt: () => lostAt,
    opens: () => opens,
    isClosed: () => source.readyState === 2,
    close: () => source.close(),
  }
}
