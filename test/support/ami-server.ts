import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createSecureServer, type TlsOptions } from 'node:tls'

/** One action as a real Asterisk reads it: lines end at LF, and the first of two keys counts. */
export type Action = Readonly<Record<string, string>>

export interface AmiSession {
  readonly socket: Socket
  /** Whole actions, in their order, Login and Ping as well. */
  readonly actions: Action[]
  /** Lines of one message: CR LF and the empty line are added. */
  send(...lines: string[]): void
  raw(text: string | Buffer): void
  /** Sends nothing any more and reads on. */
  freeze(): void
}

export type AmiHandler = (session: AmiSession, action: Action) => void

export interface AmiServer {
  readonly port: number
  /** Every session there was, the last one last. */
  readonly sessions: AmiSession[]
  /** The next session, one that begins after this call. */
  next(): Promise<AmiSession>
  /** What it answers by the action's name; the script may be changed while it runs. */
  readonly script: AmiScript
  stop(): Promise<void>
}

export interface AmiScript {
  greeting: string | undefined
  secret: string
  /** Shorter than the second that Asterisk takes. */
  loginRefusalDelayMs: number
  handlers: Record<string, AmiHandler>
}

export const successReply = (...lines: string[]): AmiHandler => {
  return (session, { actionid }) => session.send('Response: Success', `ActionID: ${actionid}`, ...lines)
}
export const errorReply = (message: string): AmiHandler => {
  return (session, { actionid }) =>
    session.send('Response: Error', `ActionID: ${actionid}`, `Message: ${message}`)
}

/** Speaks what was recorded of Asterisk 16 and 22, over real TCP on loopback. */
export async function startAmiServer(changes: Partial<AmiScript> = {}, tls?: TlsOptions): Promise<AmiServer> {
  const sessions: AmiSession[] = []
  const waiting: ((session: AmiSession) => void)[] = []
  const script: AmiScript = {
    greeting: 'Asterisk Call Manager/11.0.0\r\n',
    secret: 'sesame',
    loginRefusalDelayMs: 20,
    ...changes,
    handlers: {
      Login: logIn,
      Ping: successReply('Ping: Pong', 'Timestamp: 1795218504.730276'),
      ...changes.handlers,
    },
  }

  const serve = (socket: Socket) => {
    // As Asterisk does (manager.c).
    socket.setNoDelay(true)
    let frozen = false
    let heard = ''
    const actions: Action[] = []
    const session: AmiSession = {
      socket,
      actions,
      send: (...lines) => session.raw(`${lines.join('\r\n')}\r\n\r\n`),
      raw(text) {
        if (!frozen && !socket.destroyed) socket.write(text)
      },
      freeze() {
        frozen = true
      },
    }
    socket.on('error', () => {})
    socket.setEncoding('utf8').on('data', (text) => {
      heard += text
      for (;;) {
        const end = /\r?\n\r?\n/.exec(heard)
        if (end === null) break
        const action = parseAction(heard.slice(0, end.index))
        heard = heard.slice(end.index + end[0].length)
        actions.push(action)
        const answer = script.handlers[action.action ?? '']
        if (answer) answer(session, action)
        else errorReply(`Invalid/unknown command: ${action.action}.`)(session, action)
      }
    })
    sessions.push(session)
    if (script.greeting !== undefined) session.raw(script.greeting)
    for (const one of waiting.splice(0)) one(session)
  }
  const server: Server = tls === undefined ? createServer(serve) : createSecureServer(tls, serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()

  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    sessions,
    script,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    async stop() {
      for (const { socket } of sessions) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  function logIn(session: AmiSession, action: Action) {
    if (action.secret !== script.secret) {
      setTimeout(() => {
        errorReply('Authentication failed')(session, action)
        session.socket.end()
      }, script.loginRefusalDelayMs)
      return
    }
    const booted = /system/.test(action.events ?? '')
      ? 'Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n'
      : ''
    // In one packet, as Asterisk may send it.
    session.raw(
      `Response: Success\r\nActionID: ${action.actionid}\r\nMessage: Authentication accepted\r\n\r\n${booted}`,
    )
  }
}

function parseAction(text: string): Action {
  const fields: Record<string, string> = Object.create(null)
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0) fields[line.slice(0, colon).toLowerCase()] ??= line.slice(colon + 1).trimStart()
  }
  return fields
}
