import type { Socket } from 'node:net'
// Not 'ami-io': its entry takes itself for a program under ESM and ends the process.
import { Client, SilentLogger } from 'ami-io/lib/index.js'
import { type AmiFields, type AmiMessage, encodeAction } from './ami-codec.ts'
import { type AmiLogin, type AmiTimes, type Connection, type Down, openConnection } from './ami-connection.ts'
import { AmiError } from './ami-error.ts'
import type { Outcome, Wanted } from './pending-actions.ts'
import type { After } from './timer.ts'

/** What a transport tells. Events come between `up` and `down` only, and `down` only after `up`. */
export interface AmiNews {
  event: AmiMessage
  up: undefined
  down: Down
}

/** `why` is what ended the last link, until the next is up. */
export interface AmiState {
  phase: 'closed' | 'connecting' | 'up' | 'waiting'
  why?: Down
}

/** One AMI user of one Asterisk, kept logged in for as long as it is open. */
export interface AmiTransport {
  state(): AmiState
  /** Starts connecting, and does so again after every loss. Listen first: news may come with the login. */
  open(): void
  /**
   * @returns Asterisk's answer, which may mean that it has only been queued
   * @throws {AmiError} any code; `sent` says whether Asterisk may have acted. Nothing is ever kept for later
   */
  action(fields: AmiFields): Promise<AmiMessage>
  /**
   * @returns the items of a list, none of which is told as an event
   * @throws {AmiError} as `action`; some of Asterisk's lists refuse where they are empty
   */
  list(fields: AmiFields): Promise<AmiMessage[]>
  /** @returns what ends the listening */
  on<K extends keyof AmiNews>(what: K, listener: (news: AmiNews[K]) => void): () => void
  /** Answers that are due are given up. */
  close(): Promise<void>
}

export interface AmiTransportNeeds {
  /** Opens a new socket each time. */
  connect: () => Socket
  login: AmiLogin
  /** Begins every ActionID, so that an administrator sees whose it is. */
  instance: string
  /** Letters and digits that nobody can guess: other sessions are told our ActionIDs only afterwards. */
  nonce: () => string
  /** At least 0 and below 1. */
  random: () => number
  after: After
  /** Told when the reason of being down changes, and when a listener throws. */
  onTrouble(what: string, why: unknown): void
  times?: Partial<AmiTransportTimes>
}

/** In ms. */
export interface AmiTransportTimes extends AmiTimes {
  action: number
  /** The longest first pause before dialling again; it doubles up to `retryMost`. */
  retryFirst: number
  retryMost: number
  /** The shortest pause after a refused login, and half of the longest: a wrong secret does not mend itself. */
  retryRefused: number
}

const TIMES: AmiTransportTimes = {
  login: 5_000,
  boot: 60_000,
  action: 8_000,
  pingEvery: 15_000,
  ping: 5_000,
  retryFirst: 500,
  retryMost: 30_000,
  retryRefused: 30_000,
}
const MOST_IN_FLIGHT = 256

/** @throws {AmiError} `ami_field_invalid` where the login cannot be written */
export function createAmiTransport(needs: AmiTransportNeeds): AmiTransport {
  const { login, random, after, onTrouble } = needs
  const times = { ...TIMES, ...needs.times }
  const listeners: { [K in keyof AmiNews]: Set<(news: AmiNews[K]) => void> } = {
    event: new Set(),
    up: new Set(),
    down: new Set(),
  }
  const prefix = `${needs.instance}-${needs.nonce()}.`
  let sequence = 0
  let state: AmiState = { phase: 'closed' }
  let connection: Connection | undefined
  let failures = 0
  let callOff = () => {}

  encodeAction(
    { Action: 'Login', Username: login.username, Secret: login.secret, Events: login.events },
    prefix,
  )

  return {
    state: () => state,
    open() {
      if (state.phase === 'closed') dial()
    },
    action: async (fields) => {
      const [response] = await ask(fields, 'response')
      if (response === undefined) throw new Error('an answer is one response')
      return response
    },
    list: (fields) => ask(fields, 'list'),
    on(what, listener) {
      listeners[what].add(listener)
      return () => listeners[what].delete(listener)
    },
    async close() {
      callOff()
      const last = connection
      if (last === undefined) state = { phase: 'closed' }
      last?.end('closed')
      await last?.closed
    },
  }

  function dial() {
    state = { ...state, phase: 'connecting' }
    try {
      connection = openConnection(
        { ...needs, client: newClient(login), newActionId: () => `${prefix}${++sequence}`, times },
        {
          ready() {
            state = { phase: 'up' }
            tell('up', undefined)
          },
          // Only a link that lasts ends the doubling: one that breaks after each login is no better than none.
          alive() {
            failures = 0
          },
          event: (message) => tell('event', message),
          ended,
        },
      )
    } catch (err) {
      ended({ reason: 'lost', detail: err instanceof Error ? err.message : String(err) })
    }
  }

  function ended(down: Down) {
    const { phase, why } = state
    connection = undefined
    if (down.reason === 'closed') state = { phase: 'closed' }
    else {
      state = { phase: 'waiting', why: down }
      callOff = after(pauseAfter(down), dial)
      if (why?.reason !== down.reason) onTrouble(TROUBLE[down.reason], down)
    }
    if (phase === 'up') tell('down', down)
  }

  /** Full jitter, so that many do not come back as one. */
  function pauseAfter({ reason }: Down): number {
    if (reason === 'login_refused') return times.retryRefused * (1 + random())
    const longest = Math.min(times.retryMost, times.retryFirst * 2 ** Math.min(failures, 30))
    failures += 1
    return random() * longest
  }

  function ask(fields: AmiFields, wanted: Wanted): Promise<AmiMessage[]> {
    return new Promise((resolve, reject) => {
      if (state.phase !== 'up' || connection === undefined) {
        throw new AmiError('ami_offline', 'there is no link to Asterisk', false)
      }
      if (connection.inFlight() >= MOST_IN_FLIGHT) {
        throw new AmiError('ami_busy', `${MOST_IN_FLIGHT} answers are due already`, false)
      }
      connection.request(fields, wanted, times.action, (outcome: Outcome) =>
        outcome instanceof AmiError ? reject(outcome) : resolve(outcome),
      )
    })
  }

  /** A listener's fault is its own: it must not end the reading of the socket. */
  function tell<K extends keyof AmiNews>(what: K, news: AmiNews[K]) {
    for (const listener of listeners[what]) {
      try {
        listener(news)
      } catch (err) {
        onTrouble(`a listener to '${what}' failed`, err)
      }
    }
  }
}

const TROUBLE: Readonly<Record<Down['reason'], string>> = {
  closed: 'the link to Asterisk is closed',
  lost: 'Asterisk cannot be reached',
  silent: 'Asterisk does not answer',
  not_asterisk: 'what answers is no Asterisk',
  oversize: 'Asterisk sends what has no end',
  login_refused: 'Asterisk refuses the AMI user or its secret',
  not_ready: 'Asterisk takes no login yet',
}

/** Its encoding is for greetings alone, its logger would print the secret, and it never reconnects. */
const newClient = ({ username, secret }: AmiLogin) =>
  new Client({ login: username, password: secret, encoding: 'utf8', logger: new SilentLogger() })
