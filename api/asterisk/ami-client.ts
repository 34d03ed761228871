import type { Socket } from 'node:net'
// Not 'ami-io': under ESM its entry file believes that it is the main program and ends the process.
import { Client, SilentLogger } from 'ami-io/lib/index.js'
import { exponentialMs } from '../../runtime/retry.ts'
import { type AmiAction, type AmiMessage, encodeAction } from './ami-codec.ts'
import {
  type AmiConnectionTimes,
  type AmiLogin,
  type Connection,
  type Disconnect,
  openConnection,
} from './ami-connection.ts'
import { AmiError } from './ami-error.ts'
import type { AmiFailureHandler } from './ami-failure.ts'
import type { ActionResult, AmiResponseKind } from './pending-actions.ts'
import type { StartTimer } from './timer.ts'

/** Events of a client. Events of Asterisk come only between `up` and `down`, and `down` only after `up`. */
export interface AmiEvents {
  event: AmiMessage
  up: undefined
  down: Disconnect
}

/** `lastDisconnect` is why the last connection ended, until the next one is up. */
export interface AmiState {
  phase: 'closed' | 'connecting' | 'up' | 'waiting'
  lastDisconnect?: Disconnect
}

/** A connection of one AMI user to one Asterisk. It reconnects for as long as it is open. */
export interface AmiClient {
  state(): AmiState
  /** Connects, and reconnects after every loss. Add listeners first: events may come with the login. */
  open(): void
  /**
   * @returns Asterisk's response, which may mean that the action was only queued
   * @throws {AmiError} any code; `sent` is true when Asterisk may have acted. No action is queued for later
   */
  action(fields: AmiAction): Promise<AmiMessage>
  /**
   * @returns the items of a list, which are not reported as events
   * @throws {AmiError} as `action`; some of Asterisk's lists refuse when they are empty
   */
  list(fields: AmiAction): Promise<AmiMessage[]>
  /** @returns a function that removes the listener */
  on<K extends keyof AmiEvents>(what: K, listener: (news: AmiEvents[K]) => void): () => void
  /** Closes the connection. Pending actions fail. */
  close(): Promise<void>
}

export interface AmiClientNeeds {
  /** Opens a new socket each time. */
  connect: () => Socket
  login: AmiLogin
  /** Prefix of every ActionID, so that an administrator sees who sent it. */
  instance: string
  /** Unguessable letters and digits: other AMI sessions see our ActionIDs only afterwards. */
  nonce: () => string
  /** At least 0 and below 1. */
  random: () => number
  startTimer: StartTimer
  onError: AmiFailureHandler
  times?: Partial<AmiClientTimes>
}

/** In ms. */
export interface AmiClientTimes extends AmiConnectionTimes {
  actionTimeoutMs: number
  /** Upper limit of the delay before the first reconnect; it doubles up to `retryMaxMs`. */
  retryMinMs: number
  retryMaxMs: number
  /** Minimum delay after a refused login, and half of the maximum: a wrong secret does not correct itself. */
  retryRefusedMs: number
}

const TIMES: AmiClientTimes = {
  loginTimeoutMs: 5_000,
  bootTimeoutMs: 60_000,
  actionTimeoutMs: 8_000,
  pingIntervalMs: 15_000,
  pingTimeoutMs: 5_000,
  retryMinMs: 500,
  retryMaxMs: 30_000,
  retryRefusedMs: 30_000,
}
const MAX_PENDING_ACTIONS = 256

/** @throws {AmiError} `ami_field_invalid` where the login cannot be encoded */
export function createAmiClient(needs: AmiClientNeeds): AmiClient {
  const { login, random, startTimer, onError } = needs
  const times = { ...TIMES, ...needs.times }
  const listeners: { [K in keyof AmiEvents]: Set<(news: AmiEvents[K]) => void> } = {
    event: new Set(),
    up: new Set(),
    down: new Set(),
  }
  const prefix = `${needs.instance}-${needs.nonce()}.`
  let sequence = 0
  let state: AmiState = { phase: 'closed' }
  let connection: Connection | undefined
  let failures = 0
  let cancelTimer = () => {}

  encodeAction(
    { Action: 'Login', Username: login.username, Secret: login.secret, Events: login.events },
    prefix,
  )

  return {
    state: () => state,
    open() {
      if (state.phase === 'closed') connect()
    },
    action: async (fields) => {
      const [response] = await request(fields, 'response')
      if (response === undefined) throw new Error('an action has one response')
      return response
    },
    list: (fields) => request(fields, 'list'),
    on(what, listener) {
      listeners[what].add(listener)
      return () => listeners[what].delete(listener)
    },
    async close() {
      cancelTimer()
      const last = connection
      if (last === undefined) state = { phase: 'closed' }
      last?.end('closed')
      await last?.closed
    },
  }

  function connect() {
    state = { ...state, phase: 'connecting' }
    try {
      connection = openConnection(
        { ...needs, client: newAmiIoClient(login), newActionId: () => `${prefix}${++sequence}`, times },
        {
          ready() {
            state = { phase: 'up' }
            emit('up', undefined)
          },
          // Only an answered Ping resets the delay: a connection that breaks after each login is no better
          // than none.
          alive() {
            failures = 0
          },
          event: (message) => emit('event', message),
          ended,
        },
      )
    } catch (err) {
      ended({ reason: 'lost', detail: err instanceof Error ? err.message : String(err) })
    }
  }

  function ended(down: Disconnect) {
    const { phase, lastDisconnect } = state
    connection = undefined
    if (down.reason === 'closed') state = { phase: 'closed' }
    else {
      state = { phase: 'waiting', lastDisconnect: down }
      cancelTimer = startTimer(reconnectDelay(down), connect)
      if (lastDisconnect?.reason !== down.reason)
        onError('ami_disconnected', DISCONNECT_MESSAGES[down.reason], down)
    }
    if (phase === 'up') emit('down', down)
  }

  /** Full jitter, so that many clients do not reconnect at once. */
  function reconnectDelay({ reason }: Disconnect): number {
    if (reason === 'login_refused') return times.retryRefusedMs * (1 + random())
    failures += 1
    return random() * exponentialMs(failures, times.retryMinMs, times.retryMaxMs)
  }

  function request(fields: AmiAction, expects: AmiResponseKind): Promise<AmiMessage[]> {
    return new Promise((resolve, reject) => {
      if (state.phase !== 'up' || connection === undefined) {
        throw new AmiError('ami_offline', 'there is no connection to Asterisk', false)
      }
      if (connection.inFlight() >= MAX_PENDING_ACTIONS) {
        throw new AmiError('ami_busy', `${MAX_PENDING_ACTIONS} actions are pending already`, false)
      }
      connection.request(fields, expects, times.actionTimeoutMs, (outcome: ActionResult) =>
        outcome instanceof AmiError ? reject(outcome) : resolve(outcome),
      )
    })
  }

  /** A listener that throws must not end the reading of the socket. */
  function emit<K extends keyof AmiEvents>(what: K, news: AmiEvents[K]) {
    for (const listener of listeners[what]) {
      try {
        listener(news)
      } catch (err) {
        onError('ami_listener_failed', `a listener to '${what}' failed`, err)
      }
    }
  }
}

const DISCONNECT_MESSAGES: Readonly<Record<Disconnect['reason'], string>> = {
  closed: 'the connection to Asterisk is closed',
  lost: 'Asterisk cannot be reached',
  silent: 'Asterisk does not answer',
  not_asterisk: 'the server is not an Asterisk',
  oversize: 'Asterisk sent a message that is too long',
  login_refused: 'Asterisk refuses the AMI user or its secret',
  not_ready: 'Asterisk accepts no login yet',
}

/**
 * ami-io uses its encoding for the greeting only, its own logger would print the secret, and it never
 * reconnects here.
 */
const newAmiIoClient = ({ username, secret }: AmiLogin) =>
  new Client({ login: username, password: secret, encoding: 'utf8', logger: new SilentLogger() })
