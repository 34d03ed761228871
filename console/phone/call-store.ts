import type { CallCard, CallError, PhoneSnapshot, Registration } from './phone-types.ts'
import type { SipCall } from './sip-line.ts'

/** How long the card of an ended call stays. */
const ENDED_MS = 4_000
const FAILED_MS = 30_000

/** A call as the phone has it: its card, which people see, and its SIP call, once there is one. */
export interface Call {
  card: CallCard
  sip: SipCall | undefined
  /** The other end has put it on hold. */
  remoteHold: boolean
  /** Orders held calls: a higher one was held later. */
  heldOrder: number
}

/** All calls of the page, and what observers see of them. */
export interface CallStore {
  add(card: Omit<CallCard, 'id' | 'startedAt' | 'muted' | 'quality' | 'error'>, sip?: SipCall): Call
  update(call: Call, change: Partial<CallCard>): void
  /** @returns false if it had ended before */
  end(call: Call, error: CallError | undefined): boolean
  remove(call: Call): void
  find(id: string): Call | undefined
  /** Those that have not ended, oldest first. */
  live(): Call[]
  setRegistration(registration: Registration): void
  setSoundBlocked(blocked: boolean): void
  subscribe(listener: () => void): () => void
  getSnapshot(): PhoneSnapshot
}

export function createCallStore(): CallStore {
  let calls: Call[] = []
  let count = 0
  let snapshot: PhoneSnapshot = { registration: { state: 'offline' }, calls: [], soundBlocked: false }
  const listeners = new Set<() => void>()
  const publish = (change: Partial<PhoneSnapshot>) => {
    snapshot = { ...snapshot, ...change }
    for (const listener of [...listeners]) listener()
  }
  const publishCalls = () => publish({ calls: calls.map(({ card }) => card) })
  const remove = (call: Call) => {
    if (!calls.includes(call)) return
    calls = calls.filter((one) => one !== call)
    publishCalls()
  }
  const update = (call: Call, change: Partial<CallCard>) => {
    call.card = { ...call.card, ...change }
    publishCalls()
  }
  return {
    add(card, sip) {
      count += 1
      const call: Call = {
        card: {
          ...card,
          id: `c${count}`,
          startedAt: undefined,
          muted: false,
          quality: undefined,
          error: undefined,
        },
        sip,
        remoteHold: false,
        heldOrder: 0,
      }
      calls = [...calls, call]
      publishCalls()
      return call
    },
    update,
    end(call, error) {
      if (call.card.state === 'ended') return false
      update(call, { state: 'ended', error, quality: undefined })
      setTimeout(() => remove(call), error === undefined ? ENDED_MS : FAILED_MS)
      return true
    },
    remove,
    find: (id) => calls.find(({ card }) => card.id === id),
    live: () => calls.filter(({ card }) => card.state !== 'ended'),
    setRegistration(registration) {
      if (JSON.stringify(registration) !== JSON.stringify(snapshot.registration)) publish({ registration })
    },
    setSoundBlocked(soundBlocked) {
      if (soundBlocked !== snapshot.soundBlocked) publish({ soundBlocked })
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    getSnapshot: () => snapshot,
  }
}
