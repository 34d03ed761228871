import type { Actor } from '../actor.ts'
import { type FindReach, isWithinReach } from '../auth/supervisor-reach.ts'
import type { Clearance } from '../dial-policy/clearance.ts'
import type { Directory } from '../directory/directory.ts'
import { Refusal } from '../refusal.ts'
import type { Call, Leg } from './call.ts'
import { coversCall, isParty, selectLeg } from './call-access.ts'
import { type CallCommand, type CallControl, DTMF_DIGITS } from './call-control.ts'
import type { PlacedCallStore } from './call-history.ts'
import type { CallTracker } from './call-tracker.ts'
import type { CallWaiter } from './call-waiter.ts'
import type { Pbx, PbxCapability } from './pbx.ts'
import { sendDigitsToPeers } from './send-digits.ts'
import type { SoftphoneCommand, SoftphoneCommands } from './softphone-commands.ts'

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
  /** Whether phones that ring may be told by NOTIFY to answer: some end the call instead. */
  answerByNotify: boolean
}

/** How long whoever hangs up waits to hear that the call is over. */
const CALL_END_GRACE_MS = 500

/** Each command: whose call, which leg, in which state; then the deed; then its fact. */
export function createCallControl(needs: CallControlNeeds): CallControl {
  const { pbx, tracker, waiter, directory, reachOf, softphones } = needs

  /** @throws {Refusal} `not_found` also for a call of others: that there is one is theirs to know */
  async function requireCall(actor: Actor, callId: string): Promise<Call> {
    const call = tracker.find(callId)
    if (call === undefined || !(await mayAct(actor, call))) throw noSuchCall()
    return call
  }

  /** One's own call is no question to the database: it can be ended while that is away. */
  const mayAct = async (actor: Actor, call: Call) =>
    isParty(actor, call, directory) || coversCall(await reachOf(actor), call, directory)

  const mayActAs = async (actor: Actor, userId: string) =>
    userId === actor.userId || isWithinReach(await reachOf(actor), directory.findByUser(userId))

  const requireLeg = async (actor: Actor, callId: string, wanted: string, fit: (leg: Leg) => boolean) => {
    const call = await requireCall(actor, callId)
    return { call, leg: await selectLeg(actor, call, needs, fit, wanted) }
  }
  const isUp = (leg: Leg) => leg.state === 'up'
  const liveLegs = (call: Call) => call.legs.filter(({ state }) => state !== 'ended')
  const ownerOf = ({ endpoint }: Leg) =>
    endpoint === undefined ? undefined : directory.findByEndpoint(endpoint)
  const findLiveLeg = (call: Call | undefined, { channelId }: Leg) =>
    call?.legs.find((leg) => leg.channelId === channelId && leg.state !== 'ended')
  const hasLegEnded = (leg: Leg) => (call: Call | undefined) => findLiveLeg(call, leg) === undefined

  async function sendToSoftphone(command: SoftphoneCommand, call: Call, leg: Leg) {
    const owner = ownerOf(leg)
    if (owner === undefined) throw new Refusal('not_supported', { detail: 'no user of ours has this phone' })
    await softphones.send(owner.userId, command, call.id)
  }

  /**
   * What somebody hangs up: their own phone. If they are not in the call, all of it, unless a phone is in it that
   * they do not oversee: that one is not theirs to hang up.
   * @throws {Refusal} `conflict` for a call that has gone on without them and whom they oversee
   */
  async function controllableLegs(actor: Actor, call: Call): Promise<Leg[]> {
    const legs = liveLegs(call)
    const own = legs.filter((leg) => ownerOf(leg)?.userId === actor.userId)
    if (own.length > 0) return own
    const reach = await reachOf(actor)
    if (reach.over === 'all') return legs
    if (reach.over === 'nobody') throw new Refusal('conflict', { detail: 'your phone has left this call' })
    const covered = legs.filter((leg) => isWithinReach(reach, ownerOf(leg)))
    if (covered.length === 0)
      throw new Refusal('conflict', { detail: 'no phone of your team is in this call' })
    return legs.some((leg) => ownerOf(leg) !== undefined && !covered.includes(leg)) ? covered : legs
  }

  async function setHold(actor: Actor, callId: string, holds: boolean) {
    const { call, leg } = await requireLeg(actor, callId, 'leg that is up', isUp)
    if (leg.holds === holds) return
    await sendToSoftphone(holds ? 'hold' : 'unhold', call, leg)
    await waiter.until(callId, (now) => findLiveLeg(now, leg)?.holds === holds)
  }

  /** A transfer reaches what a call would: the same rules. */
  const clearTransferTarget = async (leg: Leg, text: string) => {
    const { number } = await needs.clearNumber(text)
    if (number === ownerOf(leg)?.extension) {
      throw new Refusal('input_invalid', { detail: 'this is the number of the phone that transfers' })
    }
    return number
  }

  /** Who else is in the call. */
  const otherLegs = (call: Call, own: Leg) => liveLegs(call).filter((leg) => leg.channelId !== own.channelId)

  /** Whoever is left alone the PBX hangs up at once, unless its dialplan has more for them. */
  async function waitForCallEnd(callId: string) {
    try {
      await waiter.until(callId, (now) => now === undefined || liveLegs(now).length !== 1, CALL_END_GRACE_MS)
    } catch (err) {
      if (!(err instanceof Refusal && err.code === 'unconfirmed')) throw err
    }
  }

  /** Whoever is to be transferred waits in a bridge that the own leg has left. */
  function requirePendingTransfer(call: Call, own: Leg) {
    const waits = ({ bridge, parkingSpace, ...leg }: Leg) =>
      leg.state === 'up' && parkingSpace === undefined && bridge !== undefined && bridge !== own.bridge
    if (otherLegs(call, own).some(waits)) return
    throw new Refusal('conflict', { detail: 'no transfer is under way' })
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
      if (hasLegs && (await mayAct(actor, call))) return { kind: 'live', call }
      const placed = await needs.placedCalls.find(callId)
      if (placed === undefined || !(await mayActAs(actor, placed.userId))) throw noSuchCall()
      if (hasLegs) return { kind: 'live', call }
      // A phone that could not be rung leaves an outcome and nothing else.
      return { ...placed, kind: 'requested', outcome: placed.outcome ?? call?.outcome }
    },

    async answer(actor, callId) {
      const { call, leg } = await requireLeg(
        actor,
        callId,
        'phone that rings',
        ({ state }) => state === 'ringing',
      )
      try {
        await sendToSoftphone('answer', call, leg)
      } catch (err) {
        const canAsk = needs.answerByNotify && pbx.can('request_answer')
        if (!(err instanceof Refusal && err.code === 'not_supported' && canAsk)) throw err
        await pbx.requestAnswer(leg.channelId)
      }
      await waiter.until(callId, (now) => findLiveLeg(now, leg)?.state === 'up')
    },

    async hangup(actor, callId) {
      const call = tracker.find(callId)
      if (call === undefined || call.legs.length === 0) {
        // Asked for a moment ago: the wish is kept until the phone rings.
        const placed = await needs.placedCalls.find(callId)
        const isTheirs = placed !== undefined && (await mayActAs(actor, placed.userId))
        if (!isTheirs || placed.outcome !== null) throw noSuchCall()
        return pbx.hangup(callId, 'normal')
      }
      await requireCall(actor, callId)
      if (call.state === 'ended') return
      const legs = await controllableLegs(actor, call)
      await Promise.all(legs.map((leg) => pbx.hangup(leg.channelId, 'normal')))
      await waiter.until(callId, (now) => legs.every((leg) => hasLegEnded(leg)(now)))
      await waitForCallEnd(callId)
    },

    async decline(actor, callId) {
      const { leg } = await requireLeg(actor, callId, 'phone that rings', ({ state }) => state === 'ringing')
      await pbx.hangup(leg.channelId, 'busy')
      await waiter.until(callId, hasLegEnded(leg))
    },

    hold: (actor, callId) => setHold(actor, callId, true),
    unhold: (actor, callId) => setHold(actor, callId, false),

    async transfer(actor, callId, text) {
      const { call, leg } = await requireLeg(actor, callId, 'leg that is up', isUp)
      const number = await clearTransferTarget(leg, text)
      if (otherLegs(call, leg).length === 0) throw noOtherParty()
      await pbx.transferBlind(leg.channelId, number)
      await waiter.until(callId, hasLegEnded(leg))
    },

    async startTransfer(actor, callId, text) {
      const { call, leg } = await requireLeg(actor, callId, 'leg that is up', isUp)
      const number = await clearTransferTarget(leg, text)
      if (otherLegs(call, leg).length === 0) throw noOtherParty()
      const bridge = leg.bridge
      await pbx.transferAttended(leg.channelId, number)
      // It leaves the bridge, and the other end hears music, before the number rings.
      await waiter.until(callId, (now) => {
        const own = findLiveLeg(now, leg)
        return own === undefined || own.bridge !== bridge
      })
    },

    async completeTransfer(actor, callId) {
      const { call, leg } = await requireLeg(actor, callId, 'leg that is up', isUp)
      requirePendingTransfer(call, leg)
      await pbx.hangup(leg.channelId, 'normal')
      await waiter.until(callId, hasLegEnded(leg))
    },

    async cancelTransfer(actor, callId) {
      const { call, leg } = await requireLeg(actor, callId, 'leg that is up', isUp)
      requirePendingTransfer(call, leg)
      const peers = otherLegs(call, leg)
      await pbx.cancelTransfer(leg.channelId)
      await waiter.until(callId, (now) => {
        const bridge = findLiveLeg(now, leg)?.bridge
        return bridge !== undefined && peers.some((peer) => findLiveLeg(now, peer)?.bridge === bridge)
      })
    },

    async sendDigits(actor, callId, digits) {
      if (!DTMF_DIGITS.test(digits)) {
        throw new Refusal('input_invalid', { detail: 'digits are 1 to 32 of 0-9, *, #, A-D' })
      }
      const { leg } = await requireLeg(actor, callId, 'leg that is up', isUp)
      await sendDigitsToPeers(leg, callId, digits, needs)
    },

    async park(actor, callId) {
      const { call, leg } = await requireLeg(actor, callId, 'leg that is up', isUp)
      const [peer] = otherLegs(call, leg)
      if (peer === undefined) throw noOtherParty()
      await pbx.park(peer.channelId, leg.channelName)
      await waiter.until(callId, (now) => findLiveLeg(now, peer)?.parkingSpace !== undefined)
      return { space: findLiveLeg(tracker.find(callId), peer)?.parkingSpace ?? '' }
    },

    async mute(actor, callId, muted) {
      const { leg } = await requireLeg(actor, callId, 'leg that is up', isUp)
      await pbx.mute(leg.channelId, muted)
    },

    async pauseRecording(actor, callId, paused) {
      const call = await requireCall(actor, callId)
      const recorded = call.recordings.filter(({ state }) => state !== 'off')
      if (call.state === 'ended' || recorded.length === 0) {
        throw new Refusal('conflict', { detail: 'this call is not being recorded' })
      }
      await controllableLegs(actor, call)
      const wanted = paused ? 'paused' : 'on'
      const isDone = (now: Call | undefined) =>
        now?.recordings.every(({ state }) => state === 'off' || state === wanted) ?? false
      if (isDone(call)) return
      const channels = new Set(recorded.map(({ channelId }) => channelId))
      await Promise.all([...channels].map((channelId) => pbx.pauseRecording(channelId, paused)))
      await waiter.until(callId, isDone)
    },

    capabilities(actor) {
      const softphoneConnected = softphones.isConnected(actor.userId)
      const byPbx = (capability: PbxCapability) =>
        pbx.can(capability) ? ('pbx' as const) : ('none' as const)
      const commands: Record<CallCommand, 'pbx' | 'softphone' | 'none'> = {
        dial: byPbx('dial'),
        answer: needs.answerByNotify && pbx.can('request_answer') ? 'pbx' : 'softphone',
        hangup: byPbx('hangup'),
        decline: byPbx('hangup'),
        hold: 'softphone',
        unhold: 'softphone',
        transfer: byPbx('transfer'),
        attended_transfer: byPbx('attended_transfer'),
        dtmf: byPbx('dtmf'),
        park: byPbx('park'),
        mute: byPbx('mute'),
        pause_recording: byPbx('pause_recording'),
      }
      return { online: pbx.state().online, commands, softphoneConnected }
    },
  }
}

const noSuchCall = () => new Refusal('not_found', { detail: 'no such call' })
const noOtherParty = () => new Refusal('conflict', { detail: 'nobody else is in this call' })
