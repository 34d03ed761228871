import type { Socket } from 'node:net'
import { type AmiFields, type AmiMessage, decodeMessage, encodeAction } from './ami-codec.ts'
import { AmiError } from './ami-error.ts'
import { createSplitter, OversizeError } from './ami-framer.ts'
import { createInFlight, type Outcome, type Wanted } from './pending-actions.ts'
import type { After } from './timer.ts'

/**
 * Why a link ended or did not come about:
 * - `closed` by us
 * - `lost` the socket closed or could not be opened
 * - `silent` an answer to the login or to a Ping did not come in time
 * - `not_asterisk` the first line is no greeting of AMI
 * - `oversize` a message without an end
 * - `login_refused` Asterisk does not take this user and secret from here
 * - `not_ready` it does not take logins now, as while it stops, or does not finish booting
 */
export type DownReason =
  | 'closed'
  | 'lost'
  | 'silent'
  | 'not_asterisk'
  | 'oversize'
  | 'login_refused'
  | 'not_ready'

export interface Down {
  reason: DownReason
  /** The socket's error code or Asterisk's words. */
  detail?: string
}

export interface AmiLogin {
  username: string
  secret: string
  /** Classes of events to send, as the action Login takes them: `system,call,cdr`, or `off`. */
  events: string
  /**
   * Whether to count as up only once Asterisk has booted. Needs a user with `read = system` and `system` in
   * `events`, as FullyBooted comes to no other (manager.c, action_login).
   */
  awaitsBoot: boolean
}

/** In ms. */
export interface AmiTimes {
  /** From dialling to the answer to Login. */
  login: number
  /** From the login to FullyBooted. */
  boot: number
  pingEvery: number
  ping: number
}

/** What of an ami-io client is used: it reads the greeting and logs in. The rest is replaced before it starts. */
export interface AmiClient {
  socket: Socket | undefined
  initSocket(): void
  splitMessages(data: Buffer): void
  send(login: unknown, answered: (error: Error | null, response?: { response: string }) => void): void
  on(event: 'connected' | 'incorrectServer' | 'incorrectLogin', listener: () => void): unknown
  on(event: 'error', listener: (err: unknown) => void): unknown
  emit(event: 'needAuth', greeting: string): boolean
  connect(shouldReconnect: false): void
}

export interface ConnectionNeeds {
  client: AmiClient
  connect: () => Socket
  login: AmiLogin
  newActionId: () => string
  after: After
  times: AmiTimes
}

/** What a connection tells, in this order: `ready`, then `event` and `alive`, then once `ended`. */
export interface ConnectionEars {
  ready(): void
  /** A Ping was answered. */
  alive(): void
  event(message: AmiMessage): void
  ended(down: Down): void
}

export type Connection = ReturnType<typeof openConnection>

const GREETING_BYTES = 256
const MESSAGE_BYTES = 4 * 1024 * 1024
const LF = 0x0a

/** One TCP connection and the one client that serves it; neither is used again. */
export function openConnection(needs: ConnectionNeeds, ears: ConnectionEars) {
  const { client, login, newActionId, after, times } = needs
  const inFlight = createInFlight(after)
  const splitter = createSplitter(MESSAGE_BYTES)
  const socket = needs.connect()
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  let over = false
  let loggedIn = false
  let booted = !login.awaitsBoot
  let ready = false
  let failure: string | undefined
  let callOff = after(times.login, () => end('silent', 'no login in time'))

  // These stay for ever: a reset may come long after the end, and nobody else would catch it.
  socket.on('error', (err: NodeJS.ErrnoException) => {
    failure = err.code ?? err.name
  })
  socket.once('end', () => end('lost'))
  socket.once('close', () => end('lost', failure))

  client.initSocket = () => {
    client.socket = socket
    awaitGreeting()
  }
  client.splitMessages = hear
  client.send = (_login, answered) => {
    const { username, secret, events } = login
    request(
      { Action: 'Login', Username: username, Secret: secret, Events: events },
      'response',
      times.login,
      (outcome) => (outcome instanceof Error ? answered(outcome) : answered(null, { response: 'Success' })),
    )
  }
  client.on('connected', () => {
    loggedIn = true
    callOff()
    callOff = after(times.boot, () => end('not_ready', 'not booted in time'))
    settleDown()
  })
  client.on('incorrectServer', () => end('not_asterisk'))
  client.on('error', (err) => {
    const said = err instanceof AmiError && err.code === 'ami_refused' ? err.message : undefined
    end(said !== undefined && /^authentication failed/i.test(said) ? 'login_refused' : 'not_ready', said)
  })
  client.connect(false)

  return {
    /** Sends an action. @throws {AmiError} `ami_field_invalid` with nothing sent */
    request,
    inFlight: inFlight.size,
    end,
    /** Once the socket is closed. */
    closed,
  }

  function request(
    fields: AmiFields,
    wanted: Wanted,
    withinMs: number,
    settle: (outcome: Outcome) => void,
  ): void {
    const id = newActionId()
    const bytes = encodeAction(fields, id)
    inFlight.expect(id, wanted, withinMs, settle)
    socket.write(bytes)
  }

  /** It may come in pieces, and with the first messages behind it. */
  function awaitGreeting() {
    let greeting = Buffer.alloc(0)
    const gather = (chunk: Buffer) => {
      greeting = Buffer.concat([greeting, chunk])
      const lf = greeting.indexOf(LF)
      if (lf > GREETING_BYTES || (lf < 0 && greeting.length > GREETING_BYTES)) return end('not_asterisk')
      if (lf < 0) return
      socket.off('data', gather)
      client.emit('needAuth', greeting.toString('latin1', 0, lf + 1))
      if (greeting.length > lf + 1) hear(greeting.subarray(lf + 1))
    }
    socket.on('data', gather)
  }

  function hear(data: Buffer) {
    if (over) return
    try {
      for (const raw of splitter.push(data)) {
        const message = decodeMessage(raw)
        if (message === undefined || !inFlight.take(message)) continue
        if (over) return
        if (message.name === 'FullyBooted') {
          booted = true
          settleDown()
        }
        if (ready) ears.event(message)
      }
    } catch (err) {
      if (!(err instanceof OversizeError)) throw err
      end('oversize')
    }
  }

  function settleDown() {
    if (over || ready || !loggedIn || !booted) return
    ready = true
    callOff()
    pingLater()
    ears.ready()
  }

  function pingLater() {
    callOff = after(times.pingEvery, () => {
      request({ Action: 'Ping' }, 'response', times.ping, (outcome) => {
        if (over) return
        if (outcome instanceof AmiError && outcome.code === 'ami_timeout') return end('silent', 'no Pong')
        ears.alive()
        pingLater()
      })
    })
  }

  function end(reason: DownReason, detail?: string) {
    if (over) return
    over = true
    callOff()
    socket.destroy()
    inFlight.abandon(new AmiError('ami_offline', 'the link to Asterisk broke before it answered', true))
    ears.ended({ reason, ...(detail === undefined ? {} : { detail }) })
  }
}
