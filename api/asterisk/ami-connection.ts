import type { Socket } from 'node:net'
import { type AmiAction, type AmiMessage, decodeMessage, encodeAction } from './ami-codec.ts'
import { AmiError } from './ami-error.ts'
import { createAmiFramer, OversizeError } from './ami-framer.ts'
import { type ActionResult, type AmiResponseKind, createPendingActions } from './pending-actions.ts'
import type { StartTimer } from './timer.ts'

/**
 * Why a connection ended or could not be made:
 * - `closed` by us
 * - `lost` the socket closed or could not be opened
 * - `silent` Login or a Ping was not answered in time
 * - `not_asterisk` the first line is not an AMI greeting
 * - `oversize` a message is too long
 * - `login_refused` Asterisk rejects this user and secret from this address
 * - `not_ready` Asterisk accepts no login now, as while it stops, or did not finish booting
 */
export type DisconnectReason =
  | 'closed'
  | 'lost'
  | 'silent'
  | 'not_asterisk'
  | 'oversize'
  | 'login_refused'
  | 'not_ready'

export interface Disconnect {
  reason: DisconnectReason
  /** The socket's error code or Asterisk's message. */
  detail?: string
}

export interface AmiLogin {
  username: string
  secret: string
  /** Classes of events to send, as the action Login takes them: `system,call,cdr`, or `off`. */
  events: string
  /**
   * Whether to be up only after Asterisk has booted. Needs a user with `read = system` and `system` in
   * `events`, as Asterisk sends FullyBooted to no other (manager.c, action_login).
   */
  waitForBoot: boolean
}

/** In ms. */
export interface AmiConnectionTimes {
  /** From connecting to the response to Login. */
  loginTimeoutMs: number
  /** From the login to FullyBooted. */
  bootTimeoutMs: number
  pingIntervalMs: number
  pingTimeoutMs: number
}

/**
 * The part of an ami-io client that is used: it reads the greeting and logs in. The rest is replaced before
 * it starts.
 */
export interface AmiIoClient {
  socket: Socket | undefined
  initSocket(): void
  splitMessages(data: Buffer): void
  send(login: unknown, callback: (error: Error | null, response?: { response: string }) => void): void
  on(event: 'connected' | 'incorrectServer' | 'incorrectLogin', listener: () => void): unknown
  on(event: 'error', listener: (err: unknown) => void): unknown
  emit(event: 'needAuth', greeting: string): boolean
  connect(shouldReconnect: false): void
}

export interface ConnectionNeeds {
  client: AmiIoClient
  connect: () => Socket
  login: AmiLogin
  newActionId: () => string
  startTimer: StartTimer
  times: AmiConnectionTimes
}

/** Callbacks in this order: `ready`, then `event` and `alive`, then `ended` once. */
export interface ConnectionHandlers {
  ready(): void
  /** A Ping was answered. */
  alive(): void
  event(message: AmiMessage): void
  ended(down: Disconnect): void
}

export type Connection = ReturnType<typeof openConnection>

const MAX_GREETING_BYTES = 256
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024
const LF = 0x0a

/** One TCP connection with its own ami-io client; neither is reused. */
export function openConnection(needs: ConnectionNeeds, handlers: ConnectionHandlers) {
  const { client, login, newActionId, startTimer, times } = needs
  const pendingActions = createPendingActions(startTimer)
  const framer = createAmiFramer(MAX_MESSAGE_BYTES)
  const socket = needs.connect()
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  let hasEnded = false
  let loggedIn = false
  let booted = !login.waitForBoot
  let ready = false
  let socketError: string | undefined
  let cancelTimer = startTimer(times.loginTimeoutMs, () => end('silent', 'no login in time'))

  // These listeners are never removed: a reset may come long after the end, and would otherwise be an
  // uncaught error.
  socket.on('error', (err: NodeJS.ErrnoException) => {
    socketError = err.code ?? err.name
  })
  socket.once('end', () => end('lost'))
  socket.once('close', () => end('lost', socketError))

  client.initSocket = () => {
    client.socket = socket
    awaitGreeting()
  }
  client.splitMessages = onData
  client.send = (_login, answered) => {
    const { username, secret, events } = login
    request(
      { Action: 'Login', Username: username, Secret: secret, Events: events },
      'response',
      times.loginTimeoutMs,
      (outcome) => (outcome instanceof Error ? answered(outcome) : answered(null, { response: 'Success' })),
    )
  }
  client.on('connected', () => {
    loggedIn = true
    cancelTimer()
    cancelTimer = startTimer(times.bootTimeoutMs, () => end('not_ready', 'not booted in time'))
    markReadyIfBooted()
  })
  client.on('incorrectServer', () => end('not_asterisk'))
  client.on('error', (err) => {
    const errorText = err instanceof AmiError && err.code === 'ami_refused' ? err.message : undefined
    end(
      errorText !== undefined && /^authentication failed/i.test(errorText) ? 'login_refused' : 'not_ready',
      errorText,
    )
  })
  client.connect(false)

  return {
    /** Sends an action. @throws {AmiError} `ami_field_invalid` with nothing sent */
    request,
    inFlight: pendingActions.size,
    end,
    /** Resolves when the socket is closed. */
    closed,
  }

  function request(
    fields: AmiAction,
    expects: AmiResponseKind,
    timeoutMs: number,
    complete: (outcome: ActionResult) => void,
  ): void {
    const id = newActionId()
    const bytes = encodeAction(fields, id)
    pendingActions.expect(id, expects, timeoutMs, complete)
    socket.write(bytes)
  }

  /** The greeting may come in pieces, or together with the first messages. */
  function awaitGreeting() {
    let greeting = Buffer.alloc(0)
    const collect = (chunk: Buffer) => {
      greeting = Buffer.concat([greeting, chunk])
      const lf = greeting.indexOf(LF)
      if (lf > MAX_GREETING_BYTES || (lf < 0 && greeting.length > MAX_GREETING_BYTES))
        return end('not_asterisk')
      if (lf < 0) return
      socket.off('data', collect)
      client.emit('needAuth', greeting.toString('latin1', 0, lf + 1))
      if (greeting.length > lf + 1) onData(greeting.subarray(lf + 1))
    }
    socket.on('data', collect)
  }

  function onData(data: Buffer) {
    if (hasEnded) return
    try {
      for (const raw of framer.push(data)) {
        const message = decodeMessage(raw)
        if (message === undefined || !pendingActions.handle(message)) continue
        if (hasEnded) return
        if (message.name === 'FullyBooted') {
          booted = true
          markReadyIfBooted()
        }
        if (ready) handlers.event(message)
      }
    } catch (err) {
      if (!(err instanceof OversizeError)) throw err
      end('oversize')
    }
  }

  function markReadyIfBooted() {
    if (hasEnded || ready || !loggedIn || !booted) return
    ready = true
    cancelTimer()
    schedulePing()
    handlers.ready()
  }

  function schedulePing() {
    cancelTimer = startTimer(times.pingIntervalMs, () => {
      request({ Action: 'Ping' }, 'response', times.pingTimeoutMs, (outcome) => {
        if (hasEnded) return
        if (outcome instanceof AmiError && outcome.code === 'ami_timeout') return end('silent', 'no Pong')
        handlers.alive()
        schedulePing()
      })
    })
  }

  function end(reason: DisconnectReason, detail?: string) {
    if (hasEnded) return
    hasEnded = true
    cancelTimer()
    socket.destroy()
    pendingActions.rejectAll(
      new AmiError('ami_offline', 'the connection to Asterisk broke before it answered', true),
    )
    handlers.ended({ reason, ...(detail === undefined ? {} : { detail }) })
  }
}
