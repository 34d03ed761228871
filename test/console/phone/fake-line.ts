import { createPhoneCore } from '../../../console/phone/phone-core.ts'
import type { PhoneNeeds } from '../../../console/phone/phone-needs.ts'
import { type CallError, PhoneError } from '../../../console/phone/phone-types.ts'
import type { SipCall, SipCallEvents, SipLineEvents } from '../../../console/phone/sip-line.ts'

export interface FakeCall extends SipCall {
  voice: { send: boolean; receive: boolean }
  /** What the phone did with it, in order. */
  acts: string[]
  isUp: boolean
  isOver: boolean
  /** The other end hangs up, or what else ends it. */
  finish(error?: CallError): void
  remoteHold(held: boolean): void
  media(isConnected: boolean): void
}

/** @param step how long an act takes; resolved at once by default */
export function createFakeCall(
  apiCallId?: string,
  step: (label: string) => Promise<unknown> = async () => {},
  number = '1001',
): FakeCall {
  let events: SipCallEvents | undefined
  let rejectAct: (err: PhoneError) => void = () => {}
  const end = new Promise<never>((_, reject) => {
    rejectAct = reject
  })
  end.catch(() => {})
  const act = async (label: string) => {
    call.acts.push(label)
    if (call.isOver) throw new PhoneError('wrong_state')
    await Promise.race([step(label), end])
  }
  const call: FakeCall = {
    apiCallId,
    peer: { number, name: 'Alice' },
    voice: { send: false, receive: false },
    acts: [],
    isUp: false,
    isOver: false,
    listen(listeners) {
      events = listeners
      if (call.isOver) listeners.onEnded(undefined)
    },
    async answer() {
      await act('answer')
      call.isUp = true
    },
    reject(status) {
      call.acts.push(`reject ${status}`)
      call.finish()
    },
    terminate() {
      call.acts.push('terminate')
      call.finish()
    },
    hold: () => act('hold'),
    unhold: () => act('unhold'),
    restartMedia: () => act('restart'),
    setVoice(voice) {
      call.voice = voice
    },
    sendDtmf: (digits) => void call.acts.push(`dtmf ${digits}`),
    quality: async () => ({ lossRatio: 0, jitterMs: 1, rttMs: 2 }),
    finish(error) {
      if (call.isOver) return
      call.isOver = true
      call.voice = { send: false, receive: false }
      rejectAct(new PhoneError(error ?? 'wrong_state'))
      events?.onEnded(error)
    },
    remoteHold: (held) => events?.onRemoteHold(held),
    media: (isConnected) => events?.onMedia(isConnected),
  }
  return call
}

/** A phone with a line that the test is. */
export function createFakePhone(overrides: Partial<PhoneNeeds> = {}) {
  let events: SipLineEvents | undefined
  const log: string[] = []
  const phone = createPhoneCore({
    line: {
      start(listeners) {
        events = listeners
      },
      stop: async () => void log.push('line stopped'),
      check() {},
      takeOver: () => void log.push('take over'),
    },
    api: { dial: async () => ({ id: 'hk_own' }) },
    prepareMicrophone: async () => {},
    setDevices: async () => {},
    ringer: { set: (mode) => void log.push(mode), play: (tone) => void log.push(`tone ${tone}`) },
    blocked: undefined,
    ...overrides,
  })
  const line = (): SipLineEvents => {
    if (events === undefined) throw new Error('the phone was not started')
    return events
  }
  return {
    phone,
    line,
    /** What ringer and line were asked for. */
    log,
    invite(call: FakeCall): FakeCall {
      line().onCall(call)
      return call
    },
    live: () => phone.getSnapshot().calls.filter(({ state }) => state !== 'ended'),
    states: () => phone.getSnapshot().calls.map(({ direction, state }) => `${direction} ${state}`),
  }
}
