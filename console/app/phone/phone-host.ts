import { type Api, dataOf } from '../../api/client.ts'
import type { Phone, PhoneSnapshot } from '../../phone/phone-types.ts'
import { backoffMs } from '../backoff.ts'
import type { Live } from '../live/live.ts'
import { randomId } from '../random-id.ts'
import { type Session, SignedOutError } from '../session/session.ts'
import type { TabChannel, TabMessage } from '../session/tab-channel.ts'
import { createStore, type Store } from '../store.ts'
import { readDevices } from './devices.ts'
import { fromSent, PhoneFailure, type SentFailure, toSent } from './phone-failure.ts'

/** What a view of the phone may ask for; the phone itself may be in another tab. */
type Verb =
  | 'dial'
  | 'answer'
  | 'decline'
  | 'hangup'
  | 'hold'
  | 'unhold'
  | 'swap'
  | 'mute'
  | 'sendDtmf'
  | 'setDevices'
  | 'testCall'
  | 'takeOver'
  | 'dismiss'

export interface PhoneHost {
  snapshot: Store<PhoneSnapshot>
  /** Does it in the tab that holds the phone. @throws {PhoneFailure} @throws {ApiError} */
  run<V extends Verb>(verb: V, ...args: Parameters<Phone[V]>): Promise<Awaited<ReturnType<Phone[V]>>>
  /** This tab has become the leader. */
  start(): void
  stop(): void
  /** Listens to the other tabs. @returns a function that ends it */
  attach(): () => void
}

type PhoneMessage =
  | { kind: 'state'; snapshot: PhoneSnapshot }
  | { kind: 'ask'; id: string; verb: Verb; args: unknown[] }
  | { kind: 'done'; id: string; value: unknown }
  | { kind: 'failed'; id: string; failure: SentFailure }

const NO_PHONE: PhoneSnapshot = { registration: { state: 'connecting' }, calls: [], soundBlocked: false }
/** The leader may be suspended. */
const ANSWER_TIMEOUT_MS = 15_000

/** The one phone of this browser: it is in the leader tab, and the other tabs are views of it. */
export function createPhoneHost({
  session,
  api,
  live,
  channel,
}: {
  session: Session
  api: Api
  live: Live
  channel: TabChannel
}): PhoneHost {
  const snapshot = createStore(NO_PHONE)
  let phone: Promise<Phone> | undefined
  /** Of the phone in this tab, or of the wait for the next attempt to have one. */
  let leaving: AbortController | undefined
  const send = (data: PhoneMessage) => channel.send({ type: 'phone', data })

  /** Tries until it succeeds: the file of the phone may be out of reach for a moment. */
  function begin(failures: number) {
    const own = new AbortController()
    leaving = own
    phone = createLocal(own.signal)
    phone.catch(() => {
      if (own.signal.aborted) return
      own.abort()
      phone = undefined
      const pause = new AbortController()
      leaving = pause
      const timer = setTimeout(() => begin(failures + 1), backoffMs(failures + 1))
      pause.signal.addEventListener('abort', () => clearTimeout(timer))
    })
  }

  async function createLocal(signal: AbortSignal): Promise<Phone> {
    const { createPhone } = await import('../../phone/phone.ts')
    signal.throwIfAborted()
    const created = createPhone({
      credentials: () =>
        withSessionEnd(async () => {
          const { status } = await dataOf(api.GET('/api/v1/phone'))
          // The codes of the refusals that the next request would get.
          if (status === 'no_extension') throw new PhoneFailure('conflict')
          if (status === 'not_supported') throw new PhoneFailure('not_supported')
          const credentials = await dataOf(api.POST('/api/v1/phone/credentials'))
          // The content policy of the page permits no other server.
          if (!/^\/(?!\/)/.test(credentials.socket_path)) throw new PhoneFailure('not_supported')
          return credentials
        }),
      ticket: (canceled) =>
        withSessionEnd(async () => {
          const path = '/pbxcore/api/module-softphone-backend/v1/stream-tickets'
          return (await dataOf(api.POST(path, { signal: canceled }))).ticket
        }),
      api: {
        dial(number, supervised) {
          const header = { 'idempotency-key': randomId() }
          if (supervised === undefined)
            return dataOf(
              api.POST('/api/v1/calls', { body: { number, device: 'browser' }, params: { header } }),
            )
          const { callId, mode } = supervised
          return dataOf(
            api.POST(`/api/v1/calls/{callId}/${mode}`, {
              body: { device: 'browser' },
              params: { header, path: { callId } },
            }),
          )
        },
      },
      devices: readDevices(),
    })
    const publish = () => {
      identifyCalls(created)
      snapshot.set(created.getSnapshot())
      send({ kind: 'state', snapshot: created.getSnapshot() })
    }
    const ends = [
      created.subscribe(publish),
      live.onCommand((command) => void created.obey(command)),
      live.calls.subscribe(() => identifyCalls(created)),
    ]
    const started = created.start()
    signal.addEventListener('abort', () => {
      for (const end of ends) end()
      const stop = () => created.stop()
      void started.then(stop, stop).catch(() => {})
    })
    await started
    signal.throwIfAborted()
    publish()
    return created
  }

  /** An INVITE without the call’s id belongs to the one ringing call with its number. */
  function identifyCalls(local: Phone) {
    for (const card of local.getSnapshot().calls) {
      const { id, supervises, state } = card
      // Taken over: it has become a call of mine.
      if (supervises !== undefined && supervises !== card.apiCallId && state !== 'ended') {
        if (live.calls.get().some((call) => call.id === supervises)) local.identify(id, supervises)
      }
      if (card.apiCallId !== undefined || card.state === 'ended') continue
      const fitting = live.calls.get().filter(({ from }) => from.number === card.peer.number)
      const [only] = fitting
      if (only !== undefined && fitting.length === 1) local.identify(card.id, only.id)
    }
  }

  async function runHere(verb: Verb, args: unknown[]): Promise<unknown> {
    const local = await phone?.catch(() => undefined)
    if (local === undefined) throw new PhoneFailure('offline')
    const method = local[verb] as (...all: unknown[]) => unknown
    try {
      return await method(...args)
    } catch (err) {
      throw fromSent(toSent(err))
    }
  }

  function runThere(verb: Verb, args: unknown[]): Promise<unknown> {
    const id = randomId()
    return new Promise((resolve, reject) => {
      const end = (act: () => void) => {
        clearTimeout(timer)
        stop()
        act()
      }
      const stop = channel.listen((message) => {
        if (message.type !== 'phone') return
        const data = message.data as PhoneMessage
        if (data.kind === 'done' && data.id === id) end(() => resolve(data.value))
        if (data.kind === 'failed' && data.id === id) end(() => reject(fromSent(data.failure)))
      })
      const timer = setTimeout(() => end(() => reject(new PhoneFailure('timeout'))), ANSWER_TIMEOUT_MS)
      send({ kind: 'ask', id, verb, args })
    })
  }

  function onTabMessage(message: TabMessage) {
    if (message.type === 'hello' && phone !== undefined) send({ kind: 'state', snapshot: snapshot.get() })
    if (message.type !== 'phone') return
    const data = message.data as PhoneMessage
    if (data.kind === 'state' && !session.isLeader.get()) snapshot.set(data.snapshot)
    if (data.kind === 'ask' && session.isLeader.get()) {
      runHere(data.verb, data.args).then(
        (value) => send({ kind: 'done', id: data.id, value }),
        (err: unknown) => send({ kind: 'failed', id: data.id, failure: toSent(err) }),
      )
    }
  }

  return {
    snapshot,
    run: ((verb: Verb, ...args: unknown[]) =>
      session.isLeader.get() ? runHere(verb, args) : runThere(verb, args)) as PhoneHost['run'],
    start() {
      if (session.isLeader.get() && leaving === undefined) begin(0)
    },
    stop() {
      leaving?.abort()
      leaving = undefined
      phone = undefined
      snapshot.set(NO_PHONE)
    },
    attach: () => channel.listen(onTabMessage),
  }
}

/** The phone knows the end of the session by its code. */
const withSessionEnd = <T>(request: () => Promise<T>): Promise<T> =>
  request().catch((err: unknown) => {
    throw err instanceof SignedOutError ? new PhoneFailure('session_ended') : err
  })
