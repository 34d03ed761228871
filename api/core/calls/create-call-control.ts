import type { Actor } from '../actor.ts'
import type { FindReach } from '../auth/supervisor-reach.ts'
import type { Clearance } from '../dial-policy/clearance.ts'
import type { Directory } from '../directory/directory.ts'
import { Refusal } from '../refusal.ts'
import type { Call, Leg } from './call.ts'
import { coversCall, isParty } from './call-access.ts'
import { callCapabilities } from './call-capabilities.ts'
import { type CallControl, DTMF_DIGITS } from './call-control.ts'
import type { PlacedCallStore } from './call-history.ts'
import type { CallTracker } from './call-tracker.ts'
import type { CallWaiter } from './call-waiter.ts'
import {
  createLegSelection,
  findLiveLeg,
  hasLegEnded,
  isRinging,
  isUp,
  liveLegs,
  noSuchCall,
  requireOtherLegs,
} from './leg-selection.ts'
import type { Pbx } from './pbx.ts'
import { sendDigitsToPeers } from './send-digits.ts'
import type { SoftphoneCommand, SoftphoneCommands } from './softphone-commands.ts'
import type { SupervisionLevel } from './supervision/supervision.ts'
import { createTransferCommands } from './transfers.ts'

export interface CallControlNeeds {
  dial: CallControl['dial']
  pbx: Pbx
  tracker: Pick<CallTracker, 'find' | 'live'>
  waiter: CallWaiter
  clearNumber: Clearance
  placedCalls: Pick<PlacedCallStore, 'find'>
  directory: Directory
  reachOf: FindReach
  softphones: Pick<SoftphoneCommands, 'send' | 'isConnected'>
  /** Whether ringing phones may be asked by NOTIFY to answer: some end the call instead. */
  answerByNotify: boolean
  /** How far supervisors may go. */
  supervision: SupervisionLevel
}

/** How long `hangup` waits for the end of the whole call. */
const CALL_END_GRACE_MS = 500

/**
 * Each command finds the call and the leg, checks its state, sends the command to the PBX, and waits for the
 * event that confirms it.
 */
export function createCallControl(needs: CallControlNeeds): CallControl {
  const { pbx, tracker, waiter, directory, reachOf, softphones } = needs

  const legs = createLegSelection({ tracker, directory, reachOf })

  async function sendToSoftphone(command: SoftphoneCommand, call: Call, leg: Leg) {
    const owner = legs.ownerOf(leg)
    if (owner === undefined) throw new Refusal('not_supported', { detail: 'no user of ours has this phone' })
    await softphones.send(owner.userId, command, call.id)
  }

  async function setHold(actor: Actor, callId: string, holds: boolean) {
    const { call, leg } = await legs.requireLeg(actor, callId, 'leg that is up', isUp)
    if (leg.holds === holds) return
    await sendToSoftphone(holds ? 'hold' : 'unhold', call, leg)
    await waiter.until(callId, (now) => findLiveLeg(now, leg)?.holds === holds)
  }

  const isBrowser = (leg: Leg) => {
    const owner = legs.ownerOf(leg)
    return owner !== undefined && leg.endpoint === directory.webEndpointOf(owner.extension)
  }

  /** The PBX hangs up an end that is left alone, unless its dialplan goes on. */
  async function waitForCallEnd(callId: string) {
    try {
      await waiter.until(callId, (now) => now === undefined || liveLegs(now).length !== 1, CALL_END_GRACE_MS)
    } catch (err) {
      if (!(err instanceof Refusal && err.code === 'unconfirmed')) throw err
    }
  }

  return {
    dial: needs.dial,

    async list(actor) {
      const reach = await reachOf(actor)
      return tracker
        .live()
        .filter((call) => isParty(actor, call, directory) || coversCall(reach, call, directory))
    },

    async find(actor, callId) {
      const call = tracker.find(callId)
      const hasLegs = call !== undefined && call.legs.length > 0
      if (hasLegs && (await legs.mayAct(actor, call))) return { kind: 'live', call }
      const placed = await needs.placedCalls.find(callId)
      if (placed === undefined || !(await legs.mayActAs(actor, placed.userId))) throw noSuchCall()
      if (hasLegs) return { kind: 'live', call }
      // A phone that could not be rung leaves an outcome and no leg.
      return { ...placed, kind: 'requested', outcome: placed.outcome ?? call?.outcome }
    },

    async answer(actor, callId) {
      const { call, legs: ringing } = await legs.requireLegs(actor, callId, 'phone that rings', isRinging)
      try {
        await sendToSoftphone('answer', call, ringing[0])
      } catch (err) {
        const canAsk = needs.answerByNotify && pbx.can('request_answer')
        if (!(err instanceof Refusal && err.code === 'not_supported' && canAsk)) throw err
        // No softphone listens, so this is for a desk phone.
        await pbx.requestAnswer((ringing.find((leg) => !isBrowser(leg)) ?? ringing[0]).channelId)
      }
      await waiter.until(callId, (now) => ringing.some((leg) => findLiveLeg(now, leg)?.state === 'up'))
    },

    async hangup(actor, callId) {
      const call = tracker.find(callId)
      if (call === undefined || call.legs.length === 0) {
        // Requested a moment ago: the PBX module remembers the hang-up until the phone rings.
        const placed = await needs.placedCalls.find(callId)
        const isTheirs = placed !== undefined && (await legs.mayActAs(actor, placed.userId))
        if (!isTheirs || placed.outcome !== null) throw noSuchCall()
        return pbx.hangup(callId, 'normal')
      }
      await legs.requireCall(actor, callId)
      if (call.state === 'ended') return
      const ended = await legs.controllableLegs(actor, call)
      await Promise.all(ended.map((leg) => pbx.hangup(leg.channelId, 'normal')))
      await waiter.until(callId, (now) => ended.every((leg) => hasLegEnded(leg)(now)))
      await waitForCallEnd(callId)
    },

    async decline(actor, callId) {
      const { legs: ringing } = await legs.requireLegs(actor, callId, 'phone that rings', isRinging)
      await Promise.all(ringing.map((leg) => pbx.hangup(leg.channelId, 'busy')))
      await waiter.until(callId, (now) => ringing.every((leg) => hasLegEnded(leg)(now)))
    },

    hold: (actor, callId) => setHold(actor, callId, true),
    unhold: (actor, callId) => setHold(actor, callId, false),

    ...createTransferCommands({ ...needs, legs }),

    async sendDigits(actor, callId, digits) {
      if (!DTMF_DIGITS.test(digits)) {
        throw new Refusal('input_invalid', { detail: 'digits are 1 to 32 of 0-9, *, #, A-D' })
      }
      const { leg } = await legs.requireLeg(actor, callId, 'leg that is up', isUp)
      await sendDigitsToPeers(leg, callId, digits, needs)
    },

    async park(actor, callId) {
      const { call, leg } = await legs.requireLeg(actor, callId, 'leg that is up', isUp)
      const [peer] = requireOtherLegs(call, leg)
      await pbx.park(peer.channelId, leg.channelName)
      await waiter.until(callId, (now) => findLiveLeg(now, peer)?.parkingSpace !== undefined)
      return { space: findLiveLeg(tracker.find(callId), peer)?.parkingSpace ?? '' }
    },

    async mute(actor, callId, muted) {
      const { leg } = await legs.requireLeg(actor, callId, 'leg that is up', isUp)
      await pbx.mute(leg.channelId, muted)
    },

    async pauseRecording(actor, callId, paused) {
      const call = await legs.requireCall(actor, callId)
      const recorded = call.recordings.filter(({ state }) => state !== 'off')
      if (call.state === 'ended' || recorded.length === 0) {
        throw new Refusal('conflict', { detail: 'this call is not being recorded' })
      }
      await legs.controllableLegs(actor, call)
      const wanted = paused ? 'paused' : 'on'
      const isDone = (now: Call | undefined) =>
        now?.recordings.every(({ state }) => state === 'off' || state === wanted) ?? false
      if (isDone(call)) return
      const channels = new Set(recorded.map(({ channelId }) => channelId))
      await Promise.all([...channels].map((channelId) => pbx.pauseRecording(channelId, paused)))
      await waiter.until(callId, isDone)
    },

    capabilities: (actor) => callCapabilities(actor, needs),
  }
}
