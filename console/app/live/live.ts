import { type Api, dataOf } from '../../api/client.ts'
import type { Session } from '../session/session.ts'
import type { TabChannel, TabMessage } from '../session/tab-channel.ts'
import { createStore, type Store } from '../store.ts'
import type { LiveCall, PhoneCommand, Presence } from './live-messages.ts'
import { createOnDemandStream } from './on-demand.ts'
import { createRepeat } from './repeat.ts'
import { createSignals, SIGNAL_TYPES, type SignalType } from './signals.ts'
import { followStream } from './stream.ts'

export type { LiveCall, PhoneCommand, Presence } from './live-messages.ts'

export interface Live {
  /** By extension. Undefined until the first message. */
  presence: Store<Presence | undefined>
  /** My own live calls. */
  calls: Store<readonly LiveCall[]>
  /** My calls that have changed or ended, one by one. @returns a function that removes the listener */
  onCall(listener: (call: LiveCall) => void): () => void
  /** Only in the leader, which holds the phone. */
  onCommand(listener: (command: PhoneCommand) => void): () => void
  /**
   * Notifies of each change of any call, by `active-calls`; only for those who oversee all users.
   * @returns a function that removes the listener
   */
  onAnyCall(listener: () => void): () => void
  /**
   * Notifies that something of mine has changed at the server and has to be read again: also when the stream was away.
   * @returns a function that removes the listener
   */
  onSignal(type: SignalType, listener: () => void): () => void
  /** Another window of this account has taken the streams. */
  isReplaced: Store<boolean>
  /** Takes them back. */
  resume(): void
  /** This tab has become the leader. */
  start(): void
  stop(): void
  /** Listens to the other tabs and to the session. @returns a function that ends it */
  attach(): () => void
}

const ALL_CALLS = 'active-calls'

/** What the server sends while the page is open. The leader follows the streams, and passes each message to the other tabs. */
export function createLive(session: Session, api: Api, channel: TabChannel): Live {
  const presence = createStore<Presence | undefined>(undefined)
  const calls = createStore<readonly LiveCall[]>([])
  const isReplaced = createStore(false)
  const callListeners = new Set<(call: LiveCall) => void>()
  const commandListeners = new Set<(command: PhoneCommand) => void>()
  const signals = createSignals()
  let stops: (() => void)[] = []
  /** How many messages about my calls have come. */
  let callMessages = 0

  function receive(stream: string, data: unknown) {
    if (stream === 'users-state') {
      presence.set(keepUnchanged(presence.get(), (data as { states: Presence }).states))
      return
    }
    if (stream === ALL_CALLS) return allCalls.receive()
    const message = data as { type: string; call?: LiveCall; calls?: LiveCall[] } | PhoneCommand
    if (message.type === 'command') {
      if (session.isLeader.get()) for (const listener of commandListeners) listener(message as PhoneCommand)
      return
    }
    if (signals.receive(message.type)) return
    callMessages += 1
    const { call, calls: all } = message as { call?: LiveCall; calls?: LiveCall[] }
    if (all !== undefined) calls.set(all)
    if (call !== undefined) for (const listener of callListeners) listener(call)
  }

  /** A stream has no memory: its first message may be older than what changed while it was away. */
  const readCalls = createRepeat(async () => {
    const before = callMessages
    const list = await dataOf(api.GET('/api/v1/calls'))
    // Which of the two is newer is not known. What is read after the message is not older than it.
    if (callMessages !== before) throw new Error('a message came meanwhile')
    if (stops.length === 0) return
    calls.set(list.calls.filter((call) => call.state !== 'ended' && isMine(call)))
    sendCalls()
  })
  const sendCalls = () =>
    channel.send({ type: 'stream', stream: 'me', data: { type: 'calls', calls: calls.get() } })
  const isMine = (call: LiveCall) => {
    const state = session.state.get()
    const own = state.status === 'signed-in' ? state.claims.extension : undefined
    return call.legs.some(({ extension }) => extension === own)
  }

  /** Until it succeeds, the streams end with the token before: then the server closes them, and they connect again. */
  const renewal = createRepeat(() => api.POST('/pbxcore/api/module-softphone-backend/v1/streams/renew'))

  /** Only in the leader. */
  function setReplaced(value: boolean) {
    isReplaced.set(value)
    channel.send({ type: 'replaced', isReplaced: value })
  }

  function follow(name: string) {
    return followStream({
      name,
      getTicket: async () => {
        const path = '/pbxcore/api/module-softphone-backend/v1/stream-tickets'
        try {
          const { ticket } = await dataOf(api.POST(path))
          return ticket
        } catch (err) {
          session.setConnection('reconnecting')
          throw err
        }
      },
      onOpen() {
        session.setConnection('online')
        if (name !== 'me') return
        readCalls.begin()
        // Those that came meanwhile are missed.
        for (const type of SIGNAL_TYPES) {
          signals.receive(type)
          channel.send({ type: 'stream', stream: name, data: { type } })
        }
      },
      onMessage(data) {
        receive(name, data)
        channel.send({ type: 'stream', stream: name, data })
      },
      onLost: () => session.setConnection('reconnecting'),
      onEnd(reason) {
        // The refresh finds whether the session or only the token is over.
        if (reason === 'session_over')
          void session
            .getToken()
            .then(session.replaceToken)
            .catch(() => {})
        else setReplaced(true)
      },
    })
  }

  const allCalls = createOnDemandStream({
    stream: ALL_CALLS,
    channel,
    isLeader: session.isLeader.get,
    follow: () => follow(ALL_CALLS),
  })

  function onTabMessage(message: TabMessage) {
    if (message.type === 'stream') receive(message.stream, message.data)
    if (!session.isLeader.get()) {
      if (message.type === 'replaced') isReplaced.set(message.isReplaced)
      return
    }
    if (message.type === 'resume-wanted' && isReplaced.get()) live.resume()
    // A new tab has missed all earlier messages.
    if (message.type === 'hello') {
      const states = presence.get()
      if (states !== undefined) channel.send({ type: 'stream', stream: 'users-state', data: { states } })
      sendCalls()
      channel.send({ type: 'replaced', isReplaced: isReplaced.get() })
    }
  }

  const live: Live = {
    presence,
    calls,
    isReplaced,
    onCall(listener) {
      callListeners.add(listener)
      return () => callListeners.delete(listener)
    },
    onCommand(listener) {
      commandListeners.add(listener)
      return () => commandListeners.delete(listener)
    },
    onSignal: signals.listen,
    onAnyCall: allCalls.listen,
    resume() {
      if (!session.isLeader.get()) return channel.send({ type: 'resume-wanted' })
      setReplaced(false)
      live.stop()
      live.start()
    },
    start() {
      // After a leader that was replaced, the user decides too.
      if (stops.length > 0 || !session.isLeader.get() || isReplaced.get()) return
      stops = ['users-state', 'me'].map(follow)
      allCalls.start()
    },
    stop() {
      allCalls.stop()
      readCalls.end()
      renewal.end()
      for (const stop of stops) stop()
      stops = []
    },
    attach() {
      const ends = [
        channel.listen(onTabMessage),
        session.onRefreshed(() => {
          if (stops.length > 0) renewal.begin()
        }),
        allCalls.attach(),
      ]
      // The answer to the session’s own may have come before this could listen.
      if (!session.isLeader.get()) channel.send({ type: 'hello' })
      return () => {
        for (const end of ends) end()
      }
    },
  }
  return live
}

/** The same object for each extension that has not changed, so that its tile is not drawn again. */
function keepUnchanged(before: Presence | undefined, next: Presence): Presence {
  if (before === undefined) return next
  return Object.fromEntries(
    Object.entries(next).map(([extension, value]) => {
      const known = before[extension]
      return [
        extension,
        known !== undefined && JSON.stringify(known) === JSON.stringify(value) ? known : value,
      ]
    }),
  )
}
