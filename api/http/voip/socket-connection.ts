import type { RawData, WebSocket } from 'ws'
import type { Claims } from '../../../contract/claims.ts'
import type { Judge } from '../../../contract/verdict.ts'
import type { Logger } from '../../../runtime/log.ts'
import { actorOf } from '../../core/actor.ts'
import type { Message } from '../../core/messaging/user-messages.ts'
import { Refusal } from '../../core/refusal.ts'
import { speech, textOf } from './errors.ts'
import type { Guest } from './socket-auth.ts'
import type { Asked, Deeds } from './socket-commands.ts'
import { plain, readSaid, translate } from './socket-wire.ts'
import { createBucket } from './token-bucket.ts'

export interface LineNeeds {
  judge: Judge
  deeds: Deeds
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  pingMs: number
  pongMs: number
  /** How long a peer may take to close after us. */
  closingMs: number
  log: Logger
}

/** One open socket, for as long as its session lives. */
export interface Line {
  userId: string
  sessionId: string
  /** Nothing is told to a session that is over. */
  tell(message: Message): void
  /** Judges the session again and looks whether the peer still answers. */
  check(): void
  close(code: number, reason: string): void
  /** Closes for a newer socket of the same user or session; one that is closing already gets no more time. */
  makeRoom(): void
  /** Whether it is closing or closed. */
  isOver(): boolean
}

/** 1008 is RFC 6455's "policy", 1013 is IANA's "try again later"; 44xx are ours. */
const CLOSE = { goingAway: 1001, policy: 1008, tryAgain: 1013, sessionOver: 4401 } as const
const PER_SECOND = 10
const BURST = 20
const MOST_WAITING = 20
const MOST_BUFFERED = 1_048_576

export function createLine(ws: WebSocket, guest: Guest, needs: LineNeeds): Line {
  const { judge, deeds, monotonic, pingMs, pongMs, closingMs, log } = needs
  const { extension } = guest
  const bucket = createBucket(PER_SECOND, BURST, monotonic)
  const answered = new Set<string>()
  let claims: Claims = guest.claims
  let [pingedAt, heardAt] = [monotonic(), monotonic()]
  let turn = Promise.resolve()
  let waiting = 0
  let over = false

  function send(message: object): void {
    if (over || ws.readyState !== ws.OPEN) return
    // A peer that does not read would fill our memory.
    if (ws.bufferedAmount > MOST_BUFFERED) end()
    else ws.send(JSON.stringify(message))
  }
  function end(): void {
    over = true
    ws.terminate()
  }
  function closing(): void {
    over = true
    setTimeout(() => ws.terminate(), closingMs).unref()
  }
  function close(code: number, reason: string): void {
    if (over) return
    ws.close(code, reason)
    closing()
  }
  /** False when the session is over, and the socket with it. */
  function isGood(): boolean {
    const flaw = over ? undefined : judge.claims(claims)
    if (flaw === 'cannot_judge') close(CLOSE.tryAgain, 'try again later')
    else if (flaw !== undefined) close(CLOSE.sessionOver, flaw)
    return !over
  }
  const fail = (error: string, about: { request?: string; channel?: string } = {}) =>
    send({ type: 'error', error, ...about, timestamp: new Date().toISOString() })

  /** A newer token of the same session makes the socket last longer; any other changes nothing. */
  function renew(token: string): void {
    const verdict = judge.token(token, 'access')
    const isOwn =
      verdict.good &&
      verdict.claims.sid === claims.sid &&
      verdict.claims.sub === claims.sub &&
      verdict.claims.extension === extension
    if (!isOwn) {
      fail('Invalid token: not a good token of this session', { request: 'auth' })
      return
    }
    if (verdict.claims.exp > claims.exp) claims = verdict.claims
    send(plain({ type: 'auth', to: extension, status: 'ok', data: { expires_at: iso(claims.exp) } }))
  }

  async function obey(said: Asked): Promise<void> {
    // It has waited for others, and a session may end meanwhile.
    if (!isGood()) return
    try {
      await deeds(actorOf(claims), said)
    } catch (err) {
      const refusal = err instanceof Refusal ? err : new Refusal('internal', { cause: err })
      if (refusal.code === 'internal')
        log.error({ event: 'socket_failed', type: said.type, err }, 'a message could not be obeyed')
      const channel = 'channel' in said ? { channel: said.channel } : {}
      fail(textOf(speech.refusals[refusal.code], refusal), { request: said.type, ...channel })
    }
  }

  function hear(data: RawData, isBinary: boolean): void {
    if (!mayGoOn() || !isGood()) return
    const heard = isBinary ? { error: 'Text only' } : readSaid(data.toString())
    if ('error' in heard) fail(heard.error)
    else if (heard.said.type === 'ping') send(plain({ type: 'pong', to: extension }))
    else if (heard.said.type === 'auth') renew(heard.said.token)
    else enqueue(heard.said)
  }
  /** One after the other, as what is asked for may depend on what was asked before. */
  function enqueue(said: Asked): void {
    if (waiting >= MOST_WAITING) {
      close(CLOSE.policy, 'too many messages')
      return
    }
    waiting += 1
    turn = turn
      .then(() => obey(said))
      .finally(() => {
        waiting -= 1
      })
  }
  /** Control frames count as messages do: each costs an answer. */
  function mayGoOn(): boolean {
    if (!over && !bucket.take()) close(CLOSE.policy, 'too many messages')
    return !over
  }

  ws.on('message', hear)
  ws.on('ping', mayGoOn)
  ws.on('pong', () => {
    heardAt = monotonic()
    mayGoOn()
  })
  // What went wrong on the wire closes the socket by itself, with a code of its own; the peer may not care.
  ws.on('error', (err) => {
    log.debug({ event: 'socket_error', err }, 'a socket failed')
    closing()
  })
  send(plain({ type: 'welcome', to: extension, status: 'connected', data: { expires_at: iso(claims.exp) } }))

  return {
    userId: claims.sub,
    sessionId: claims.sid,
    tell(message) {
      if (isGood()) for (const one of translate(message, extension, answered)) send(one)
    },
    check() {
      if (!isGood()) return
      const at = monotonic()
      if (at - heardAt >= pongMs) return end()
      if (at - pingedAt < pingMs) return
      pingedAt = at
      ws.ping()
    },
    close,
    makeRoom() {
      if (over) ws.terminate()
      else close(CLOSE.policy, 'too many sockets')
    },
    isOver: () => over,
  }
}

const iso = (seconds: number) => new Date(seconds * 1000).toISOString()
