import { type Call, createCallStore } from './call-store.ts'
import { createCommands } from './commands.ts'
import { createMediaRescue } from './media-rescue.ts'
import { createOutgoingCalls } from './outgoing-calls.ts'
import { createOwnInvites } from './own-invites.ts'
import type { PhoneNeeds } from './phone-needs.ts'
import { type CallError, type Phone, PhoneError } from './phone-types.ts'
import { createQualityMeter } from './quality-meter.ts'
import { createReadiness } from './readiness.ts'
import { ringModeFor } from './ring-mode.ts'
import type { SipCall } from './sip-line.ts'
import { createTaskQueue } from './task-queue.ts'
import { createVoices } from './voices.ts'

/** The echo of the PBX. */
const TEST_NUMBER = '600'
const DIGITS = /^[0-9A-D*#,]{1,64}$/i

export function createPhoneCore(needs: PhoneNeeds): Phone & { setSoundBlocked(blocked: boolean): void } {
  const { line, api, ringer } = needs
  const store = createCallStore()
  const queue = createTaskQueue()
  const voices = createVoices(store, queue)
  const quality = createQualityMeter(store)
  const readiness = createReadiness(store, needs.prepareMicrophone)
  const rescue = createMediaRescue({
    isOnline: () => store.getSnapshot().registration.state === 'registered',
    restart: restartMedia,
    giveUp(call) {
      // First: a BYE of our own is no error.
      end(call, 'lost')
      call.sip?.terminate()
    },
  })
  const updateRinging = () => ringer.set(ringModeFor(store.live()))
  const ownInvites = createOwnInvites(ringIncoming, reclaim)

  function ringIncoming(sip: SipCall) {
    store.add({ direction: 'incoming', apiCallId: sip.apiCallId, peer: sip.peer, state: 'ringing' }, sip)
    observe(sip)
    updateRinging()
    commands.onCall()
  }

  /** The INVITE of an own call that rang because the API's answer was late. */
  function reclaim(id: string): SipCall | undefined {
    const call = store
      .live()
      .find(({ card }) => card.apiCallId === id && card.direction === 'incoming' && card.state === 'ringing')
    if (call === undefined) return undefined
    store.remove(call)
    updateRinging()
    return call.sip
  }

  const callOf = (sip: SipCall) => store.live().find((call) => call.sip === sip)

  function observe(sip: SipCall) {
    sip.listen({
      onEnded(error) {
        const call = callOf(sip)
        if (call !== undefined) end(call, error)
      },
      onRemoteHold(held) {
        const call = callOf(sip)
        if (call === undefined) return
        call.remoteHold = held
        const { state } = call.card
        if (state === 'active' || state === 'remote-held') {
          store.update(call, { state: held ? 'remote-held' : 'active' })
        }
        voices.apply()
      },
      onMedia(isConnected) {
        const call = callOf(sip)
        if (call !== undefined) rescue.onMedia(call, isConnected)
      },
    })
  }

  function restartMedia(call: Call) {
    queue
      .run(async () => {
        if (call.card.state !== 'ended') await call.sip?.restartMedia()
      })
      .catch(() => {})
  }

  function end(call: Call, error: CallError | undefined) {
    const wasUp = call.card.startedAt !== undefined
    if (!store.end(call, error)) return
    voices.drop(call)
    rescue.drop(call)
    updateRinging()
    if (store.live().length === 0) quality.stop()
    if (error === 'busy') ringer.play('busy')
    else if (wasUp) ringer.play('ended')
  }

  const requireCall = (id: string): Call => {
    const call = store.find(id)
    if (call === undefined) throw new PhoneError('no_such_call')
    return call
  }

  /** Answers a call that rings, because a person or the page asked for it. */
  async function connect(call: Call, sip: SipCall) {
    try {
      await voices.activate(call, async () => {
        if (call.card.state !== 'ringing') throw new PhoneError('wrong_state')
        store.update(call, { state: 'answering' })
        updateRinging()
        await sip.answer()
      })
    } catch (err) {
      const denied = err instanceof PhoneError && err.code === 'microphone_denied'
      if (call.card.state === 'ringing' || call.card.state === 'answering') {
        sip.terminate()
        end(call, denied ? 'microphone_denied' : 'failed')
      }
      throw err
    }
    rescue.expect(call)
    quality.start()
  }

  const dial = createOutgoingCalls({
    store,
    ownInvites,
    blocked: needs.blocked,
    prepareMicrophone: readiness.prepareMicrophone,
    place: api.dial,
    end,
    connect(call, sip) {
      observe(sip)
      connect(call, sip).catch(() => {})
    },
  })

  async function answer(id: string) {
    const call = requireCall(id)
    if (call.card.state !== 'ringing' || call.card.direction !== 'incoming' || call.sip === undefined) {
      throw new PhoneError('wrong_state')
    }
    // Without a microphone it goes on ringing: a person may allow it and answer again.
    await readiness.prepareMicrophone()
    await connect(call, call.sip)
  }

  function hangup(id: string) {
    const call = requireCall(id)
    if (call.card.state === 'ended') return
    call.sip?.terminate()
    end(call, undefined)
  }

  async function unhold(id: string) {
    const call = requireCall(id)
    if (call.card.state !== 'held') throw new PhoneError('wrong_state')
    await voices.activate(call, async () => {
      if (call.card.state !== 'held') throw new PhoneError('wrong_state')
      await call.sip?.unhold()
    })
  }

  const hold = async (id: string) => voices.hold(requireCall(id))

  const commands = createCommands(() => store.live().map(({ card }) => card), { answer, hold, unhold })

  const hangUpAll = () => {
    for (const { card } of store.live()) hangup(card.id)
  }

  return {
    async start() {
      if (needs.blocked !== undefined) {
        return readiness.set({ state: 'blocked', reason: needs.blocked })
      }
      line.start({
        onRegistration(next) {
          readiness.set(next)
          // The session may not go on talking; no BYE can be sent, so the media stops here.
          if (next.state === 'blocked' && next.reason === 'session_ended') hangUpAll()
        },
        onCall: (call) => ownInvites.receive(call),
        onReregistered() {
          for (const call of store.live()) {
            if (call.card.startedAt !== undefined) restartMedia(call)
          }
        },
      })
    },
    async stop() {
      hangUpAll()
      await line.stop()
      readiness.set({ state: 'offline' })
    },
    dial,
    answer,
    decline(id) {
      const call = requireCall(id)
      if (call.card.state !== 'ringing' || call.card.direction !== 'incoming')
        throw new PhoneError('wrong_state')
      call.sip?.reject(603)
      end(call, undefined)
    },
    hangup,
    hold,
    unhold,
    async swap() {
      const held = store.live().filter(({ card }) => card.state === 'held')
      const oldest = held.sort((a, b) => a.heldOrder - b.heldOrder)[0]
      if (oldest !== undefined) await unhold(oldest.card.id)
    },
    mute(id, on) {
      const call = requireCall(id)
      store.update(call, { muted: on })
      voices.apply()
    },
    sendDtmf(id, digits) {
      const call = requireCall(id)
      if (!DIGITS.test(digits)) throw new PhoneError('invalid_digits')
      if (call.card.state !== 'active') throw new PhoneError('wrong_state')
      call.sip?.sendDtmf(digits)
    },
    // The voices follow what changed meanwhile, such as a mute.
    setDevices: (devices) => queue.run(() => needs.setDevices(devices).finally(voices.apply)),
    testCall: () => dial(TEST_NUMBER),
    takeOver: () => line.takeOver(),
    obey: (command) => commands.obey(command),
    identify(id, apiCallId) {
      store.update(requireCall(id), { apiCallId })
      commands.onCall()
    },
    dismiss(id) {
      const call = requireCall(id)
      if (call.card.state === 'ended') store.remove(call)
    },
    subscribe: store.subscribe,
    getSnapshot: store.getSnapshot,
    setSoundBlocked: store.setSoundBlocked,
  }
}
