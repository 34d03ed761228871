import { type Api, dataOf } from '../../api/client.ts'
import type { Phone, PhoneSnapshot } from '../../phone/phone-types.ts'
import type { Live } from '../live/live.ts'
import { randomId } from '../random-id.ts'
import { type Session, SignedOutError } from '../session/session.ts'
import type { TabChannel } from '../session/tab-channel.ts'
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
  start(): void
  stop(): void
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
  let stops: (() => void)[] = []
  const send = (data: PhoneMessage) => channel.send({ type: 'phone', data })

  async function createLocal(): Promise<Phone> {
    const { createPhone } = await import('../../phone/phone.ts')
    const created = createPhone({
      credentials: () =>
        withSessionEnd(async () => {
          const { status } = await dataOf(api.GET('/api/v1/phone'))
          // The codes of the refusals that the next request would get.
          if (status === 'no_extension') throw new PhoneFailure('conflict')
          if (status === 'not_supported') throw new PhoneFailure('not_supported')
          return dataOf(api.POST('/api/v1/phone/credentials'))
        }),
      ticket: (signal) =>
        withSessionEnd(async () => {
          const path = '/pbxcore/api/module-softphone-backend/v1/stream-tickets'
          return (await dataOf(api.POST(path, { signal }))).ticket
        }),
      api: {
        dial: (number) =>
          dataOf(
            api.POST('/api/v1/calls', {
              body: { number, device: 'browser' },
              params: { header: { 'idempotency-key': randomId() } },
            }),
          ),
      },
      devices: readDevices(),
    })
    const publish = () => {
      snapshot.set(created.getSnapshot())
      send({ kind: 'state', snapshot: created.getSnapshot() })
    }
    stops.push(
      created.subscribe(publish),
      live.onCommand((command) => void created.obey(command)),
    )
    stops.push(live.calls.subscribe(() => identifyCalls(created)))
    await created.start()
    publish()
    return created
  }

  /** An INVITE without the call’s id belongs to the one ringing call with its number. */
  function identifyCalls(local: Phone) {
    for (const card of local.getSnapshot().calls) {
      if (card.apiCallId !== undefined || card.state === 'ended') continue
      const fitting = live.calls.get().filter(({ from }) => from.number === card.peer.number)
      const [only] = fitting
      if (only !== undefined && fitting.length === 1) local.identify(card.id, only.id)
    }
  }

  async function runHere(verb: Verb, args: unknown[]): Promise<unknown> {
    if (phone === undefined) throw new PhoneFailure('offline')
    const method = (await phone)[verb] as (...all: unknown[]) => unknown
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

  channel.listen((message) => {
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
  })

  return {
    snapshot,
    run: ((verb: Verb, ...args: unknown[]) =>
      session.isLeader.get() ? runHere(verb, args) : runThere(verb, args)) as PhoneHost['run'],
    start() {
      if (!session.isLeader.get()) return
      phone ??= createLocal()
      phone.catch(() => {
        phone = undefined
      })
    },
    stop() {
      const leaving = phone
      phone = undefined
      for (const stop of stops) stop()
      stops = []
      snapshot.set(NO_PHONE)
      void leaving?.then((local) => local.stop()).catch(() => {})
    },
  }
}

/** The phone knows the end of the session by its code. */
const withSessionEnd = <T>(request: () => Promise<T>): Promise<T> =>
  request().catch((err: unknown) => {
    throw err instanceof SignedOutError ? new PhoneFailure('session_ended') : err
  })
