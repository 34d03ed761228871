import type { z } from 'zod'
import type { CallJson } from '../../api/http/v1/call-wire.ts'
import type { PastCallJson } from '../../api/http/v1/history-wire.ts'
import { type JsonReply, login, requestJson, type SseSubscription, subscribeSse } from './http-client.ts'
import type { Phone } from './phone.ts'
import { type Stack, waitUntil } from './stack.ts'

export type ApiNode = Pick<Stack, 'url' | 'base'>
export type CallBody = z.infer<typeof CallJson>
export type PastBody = z.infer<typeof PastCallJson>

/** A logged-in client of our own surface. */
export interface V1Client {
  username: string
  userId: string
  token: string
  request(path: string, init?: Parameters<typeof requestJson>[1]): Promise<JsonReply>
  /** @throws unless it is taken @returns the call's id */
  dial(number: string, init?: { key?: string }): Promise<string>
  /** POSTs a command. */
  command(callId: string, command: string, json?: unknown): Promise<JsonReply>
  call(callId: string): Promise<CallBody>
  calls(): Promise<CallBody[]>
  /** Waits until the call passes the check. */
  waitForCall(
    callId: string,
    what: string,
    check: (call: CallBody) => boolean,
    withinMs?: number,
  ): Promise<CallBody>
  /** Waits for its end. @returns it is kept */
  history(callId: string): Promise<PastBody>
  /** Follows a channel, the private one by default. */
  follow(channel?: 'me' | 'users-state' | 'active-calls'): Promise<SseSubscription>
}

export async function loginV1Client(node: ApiNode, username: string, password?: string): Promise<V1Client> {
  const { access: token } = await login(node, username, password)
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  const askApi: V1Client['request'] = (path, init) =>
    requestJson(`${node.url}/api/v1${path}`, { token, ...init })
  const caller: V1Client = {
    username,
    userId: String(JSON.parse(payload).sub),
    token,
    request: askApi,
    async dial(number, { key } = {}) {
      const headers = key === undefined ? {} : { 'Idempotency-Key': key }
      const reply = await askApi('/calls', { json: { number }, headers })
      if (reply.status !== 202) throw new Error(`not dialled: ${reply.status} ${JSON.stringify(reply.body)}`)
      return String(reply.body.id)
    },
    command: (callId, command, json) =>
      askApi(`/calls/${callId}/${command}`, json === undefined ? { method: 'POST' } : { json }),
    async call(callId) {
      const { status, body } = await askApi(`/calls/${callId}`)
      if (status !== 200) throw new Error(`no call: ${status} ${JSON.stringify(body)}`)
      return body as CallBody // the documented shape
    },
    async calls() {
      return (await askApi('/calls')).body.calls as CallBody[] // the documented shape
    },
    async waitForCall(callId, what, check, withinMs) {
      let seen: CallBody | undefined
      const looks = async () => {
        seen = await caller.call(callId)
        return check(seen)
      }
      await waitUntil(what, looks, withinMs).catch((err) => {
        throw new Error(`${err.message}; at last it was ${JSON.stringify(seen)}`)
      })
      return seen as CallBody // it was seen, or nothing held
    },
    async history(callId) {
      let kept: JsonReply | undefined
      await waitUntil(`${callId} is kept`, async () => {
        kept = await askApi(`/calls/history/${callId}`)
        return kept.status === 200
      })
      return kept?.body as PastBody // the documented shape
    },
    async follow(channel = 'me') {
      const follower = subscribeSse(node, token, `${node.url}/api/v1/streams/${channel}`)
      await waitUntil(`${username} follows ${channel}`, () => follower.opens() > 0)
      return follower
    },
  }
  return caller
}

/**
 * A user's softphone: it follows the user's private channel, and does with the phone what is asked of it.
 * It listens once the api knows that it does.
 */
export async function openSoftphone(caller: V1Client, phone: Phone): Promise<SseSubscription> {
  const follower = await caller.follow('me')
  let read = 0
  const handlers: Record<string, () => Promise<void>> = {
    answer: phone.accept,
    hold: phone.hold,
    unhold: phone.resume,
  }
  const commandTimer = setInterval(() => {
    for (; read < follower.messages.length; read += 1) {
      const { type, command, expires_at } = follower.messages[read] ?? {}
      if (type !== 'command' || Date.parse(String(expires_at)) < Date.now()) continue
      handlers[String(command)]?.().catch(() => {})
    }
  }, 10)
  await waitUntil(
    `the softphone of ${caller.username} listens`,
    async () => (await caller.request('/capabilities')).body.softphone_listens === true,
  )
  return {
    ...follower,
    close() {
      clearInterval(commandTimer)
      follower.close()
    },
  }
}

/** The reported states of a call in order; at its end, the outcome. */
export const callEventsOf = (follower: SseSubscription, callId: string) =>
  follower.messages.flatMap(({ type, call }) => {
    const { id, state, outcome } = (call ?? {}) as Partial<CallBody> // the documented shape
    return id === callId ? [`${type} ${outcome ?? state}`] : []
  })

/** How an extension is, by the last word of `users-state`. */
export function extensionStateOf(follower: SseSubscription, extension: string): string | undefined {
  const states = follower.messages.at(-1)?.states as Record<string, { state: string }> | undefined // its document's shape
  return states?.[extension]?.state
}
