import type { Actor } from '../actor.ts'
import { type FindReach, reaches } from '../auth/supervisor-reach.ts'
import type { Clearance } from '../dial-policy/clearance.ts'
import type { Directory } from '../directory/directory.ts'
import { Refusal } from '../refusal.ts'
import type { Call, Leg } from './call.ts'
import { isParty, legFor, reachesCall } from './call-access.ts'
import { type Calls, type Command, DIGITS } from './call-control.ts'
import type { DialledStore } from './call-history.ts'
import type { CallTable } from './call-tracker.ts'
import type { Watch } from './call-waiter.ts'
import type { Pbx, PbxDeed } from './pbx.ts'
import { sendDigitsOf } from './send-digits.ts'
import type { SoftphoneCommand, Softphones } from './softphone-commands.ts'

export interface CommandsNeeds {
  dial: Calls['dial']
  pbx: Pbx
  table: Pick<CallTable, 'find' | 'live'>
  watch: Watch
  clear: Clearance
  dialled: Pick<DialledStore, 'find'>
  directory: Directory
  reachOf: FindReach
  softphones: Pick<Softphones, 'ask' | 'listens'>
  /** Whether phones that ring may be told by NOTIFY to answer: some end the call instead. */
  answerByNotify: boolean
}

/** How long whoever hangs up waits to hear that the call is over. */
const ALONE_MS = 500

/** Each command: whose call, which leg, in which state; then the deed; then its fact. */
export function createCalls(needs: CommandsNeeds): Calls {
  const { pbx, table, watch, directory, reachOf, softphones } = needs

  /** @throws {Refusal} `not_found` also for a call of others: that there is one is theirs to know */
  async function callOf(actor: Actor, callId: string): Promise<Call> {
    const call = table.find(callId)
    if (call === undefined || !(await mayAct(actor, call))) throw noSuchCall()
    return call
  }

  /** One's own call is no question to the database: it can be ended while that is away. */
  const mayAct = async (actor: Actor, call: Call) =>
    isParty(actor, call, directory) || reachesCall(await reachOf(actor), call, directory)

  const mayActAs = async (actor: Actor, userId: string) =>
    userId === actor.userId || reaches(await reachOf(actor), directory.ofUser(userId))

  const fits = async (actor: Actor, callId: string, wanted: string, fit: (leg: Leg) => boolean) => {
    const call = await callOf(actor, callId)
    return { call, leg: await legFor(actor, call, needs, fit, wanted) }
  }
  const isUp = (leg: Leg) => leg.state === 'up'
  const live = (call: Call) => call.legs.filter(({ state }) => state !== 'ended')
  const ownerOf = ({ endpoint }: Leg) => (endpoint === undefined ? undefined : directory.ofEndpoint(endpoint))
  const legNow = (call: Call | undefined, { channelId }: Leg) =>
    call?.legs.find((leg) => leg.channelId === channelId && leg.state !== 'ended')
  const gone = (leg: Leg) => (call: Call | undefined) => legNow(call, leg) === undefined

  async function askSoftphone(command: SoftphoneCommand, call: Call, leg: Leg) {
    const owner = ownerOf(leg)
    if (owner === undefined) throw new Refusal('not_supported', { detail: 'no user of ours has this phone' })
    await softphones.ask(owner.userId, command, call.id)
  }

  /**
   * What somebody hangs up: their own phone. If they are not in the call, all of it, unless a phone is in it that
   * they do not oversee: that one is not theirs to hang up.
   * @throws {Refusal} `conflict` for a call that has gone on without them and whom they oversee
   */
  async function theirLegs(actor: Actor, call: Call): Promise<Leg[]> {
    const legs = live(call)
    const own = legs.filter((leg) => ownerOf(leg)?.userId === actor.userId)
    if (own.length > 0) return own
    const reach = await reachOf(actor)
    if (reach.over === 'all') return legs
    if (reach.over === 'nobody') throw new Refusal('conflict', { detail: 'your phone has left this call' })
    const theirs = legs.filter((leg) => reaches(reach, ownerOf(leg)))
    if (theirs.length === 0)
      throw new Refusal('conflict', { detail: 'no phone of your team is in this call' })
    return legs.some((leg) => ownerOf(leg) !== undefined && !theirs.includes(leg)) ? theirs : legs
  }

  async function setHold(actor: Actor, callId: string, holds: boolean) {
    const { call, leg } = await fits(actor, callId, 'leg that is up', isUp)
    if (leg.holds === holds) return
    await askSoftphone(holds ? 'hold' : 'unhold', call, leg)
    await watch.until(callId, (now) => legNow(now, leg)?.holds === holds)
  }

  /** A transfer reaches what a call would: the same rules. */
  const numberFor = async (leg: Leg, text: string) => {
    const { number } = await needs.clear(text)
    if (number === ownerOf(leg)?.extension) {
      throw new Refusal('input_invalid', { detail: 'this is the number of the phone that transfers' })
    }
    return number
  }

  /** Who else is in the call. */
  const others = (call: Call, own: Leg) => live(call).filter((leg) => leg.channelId !== own.channelId)

  /** Whoever is left alone the PBX hangs up at once, unless its dialplan has more for them. */
  async function overUnlessItGoesOn(callId: string) {
    try {
      await watch.until(callId, (now) => now === undefined || live(now).length !== 1, ALONE_MS)
    } catch (err) {
      if (!(err instanceof Refusal && err.code === 'unconfirmed')) throw err
    }
  }

  /** Whoever is to be transferred waits in a bridge that the own leg has left. */
  function mustBeTransferring(call: Call, own: Leg) {
    const waits = ({ bridge, parkedAt, ...leg }: Leg) =>
      leg.state === 'up' && parkedAt === undefined && bridge !== undefined && bridge !== own.bridge
    if (others(call, own).some(waits)) return
    throw new Refusal('conflict', { detail: 'no transfer is under way' })
  }

  return {
    dial: needs.dial,

    async list(actor) {
      const reach = await reachOf(actor)
      return table
        .live()
        .filter((call) => isParty(actor, call, directory) || reachesCall(reach, call, directory))
    },

    async find(actor, callId) {
      const call = table.find(callId)
      const hasLegs = call !== undefined && call.legs.length > 0
      if (hasLegs && (await mayAct(actor, call))) return { known: 'live', call }
      const asked = await needs.dialled.find(callId)
      if (asked === undefined || !(await mayActAs(actor, asked.userId))) throw noSuchCall()
      if (hasLegs) return { known: 'live', call }
      // A phone that could not be rung leaves an outcome and nothing else.
      return { ...asked, known: 'asked', outcome: asked.outcome ?? call?.outcome }
    },

    async answer(actor, callId) {
      const { call, leg } = await fits(actor, callId, 'phone that rings', ({ state }) => state === 'ringing')
      try {
        await askSoftphone('answer', call, leg)
      } catch (err) {
        const canAsk = needs.answerByNotify && pbx.can('ask_to_answer')
        if (!(err instanceof Refusal && err.code === 'not_supported' && canAsk)) throw err
        await pbx.askToAnswer(leg.channelId)
      }
      await watch.until(callId, (now) => legNow(now, leg)?.state === 'up')
    },

    async hangup(actor, callId) {
      const call = table.find(callId)
      if (call === undefined || call.legs.length === 0) {
        // Asked for a moment ago: the wish is kept until the phone rings.
        const asked = await needs.dialled.find(callId)
        const isTheirs = asked !== undefined && (await mayActAs(actor, asked.userId))
        if (!isTheirs || asked.outcome !== null) throw noSuchCall()
        return pbx.hangup(callId, 'normal')
      }
      await callOf(actor, callId)
      if (call.state === 'ended') return
      const legs = await theirLegs(actor, call)
      await Promise.all(legs.map((leg) => pbx.hangup(leg.channelId, 'normal')))
      await watch.until(callId, (now) => legs.every((leg) => gone(leg)(now)))
      await overUnlessItGoesOn(callId)
    },

    async decline(actor, callId) {
      const { leg } = await fits(actor, callId, 'phone that rings', ({ state }) => state === 'ringing')
      await pbx.hangup(leg.channelId, 'busy')
      await watch.until(callId, gone(leg))
    },

    hold: (actor, callId) => setHold(actor, callId, true),
    unhold: (actor, callId) => setHold(actor, callId, false),

    async transfer(actor, callId, text) {
      const { call, leg } = await fits(actor, callId, 'leg that is up', isUp)
      const number = await numberFor(leg, text)
      if (others(call, leg).length === 0) throw alone()
      await pbx.transferBlind(leg.channelId, number)
      await watch.until(callId, gone(leg))
    },

    async startTransfer(actor, callId, text) {
      const { call, leg } = await fits(actor, callId, 'leg that is up', isUp)
      const number = await numberFor(leg, text)
      if (others(call, leg).length === 0) throw alone()
      const bridge = leg.bridge
      await pbx.transferAttended(leg.channelId, number)
      // It leaves the bridge, and the other end hears music, before the number rings.
      await watch.until(callId, (now) => {
        const own = legNow(now, leg)
        return own === undefined || own.bridge !== bridge
      })
    },

    async completeTransfer(actor, callId) {
      const { call, leg } = await fits(actor, callId, 'leg that is up', isUp)
      mustBeTransferring(call, leg)
      await pbx.hangup(leg.channelId, 'normal')
      await watch.until(callId, gone(leg))
    },

    async cancelTransfer(actor, callId) {
      const { call, leg } = await fits(actor, callId, 'leg that is up', isUp)
      mustBeTransferring(call, leg)
      const peers = others(call, leg)
      await pbx.cancelTransfer(leg.channelId)
      await watch.until(callId, (now) => {
        const bridge = legNow(now, leg)?.bridge
        return bridge !== undefined && peers.some((peer) => legNow(now, peer)?.bridge === bridge)
      })
    },

    async sendDigits(actor, callId, digits) {
      if (!DIGITS.test(digits)) {
        throw new Refusal('input_invalid', { detail: 'digits are 1 to 32 of 0-9, *, #, A-D' })
      }
      const { leg } = await fits(actor, callId, 'leg that is up', isUp)
      await sendDigitsOf(leg, callId, digits, needs)
    },

    async park(actor, callId) {
      const { call, leg } = await fits(actor, callId, 'leg that is up', isUp)
      const [peer] = others(call, leg)
      if (peer === undefined) throw alone()
      await pbx.park(peer.channelId, leg.channelName)
      await watch.until(callId, (now) => legNow(now, peer)?.parkedAt !== undefined)
      return { space: legNow(table.find(callId), peer)?.parkedAt ?? '' }
    },

    async mute(actor, callId, muted) {
      const { leg } = await fits(actor, callId, 'leg that is up', isUp)
      await pbx.mute(leg.channelId, muted)
    },

    async pauseRecording(actor, callId, paused) {
      const call = await callOf(actor, callId)
      const recorded = call.recordings.filter(({ state }) => state !== 'off')
      if (call.state === 'ended' || recorded.length === 0) {
        throw new Refusal('conflict', { detail: 'this call is not being recorded' })
      }
      await theirLegs(actor, call)
      const wanted = paused ? 'paused' : 'on'
      const isDone = (now: Call | undefined) =>
        now?.recordings.every(({ state }) => state === 'off' || state === wanted) ?? false
      if (isDone(call)) return
      const channels = new Set(recorded.map(({ channelId }) => channelId))
      await Promise.all([...channels].map((channelId) => pbx.pauseRecording(channelId, paused)))
      await watch.until(callId, isDone)
    },

    capabilities(actor) {
      const softphoneListens = softphones.listens(actor.userId)
      const byPbx = (deed: PbxDeed) => (pbx.can(deed) ? ('pbx' as const) : ('none' as const))
      const commands: Record<Command, 'pbx' | 'softphone' | 'none'> = {
        dial: byPbx('dial'),
        answer: needs.answerByNotify && pbx.can('ask_to_answer') ? 'pbx' : 'softphone',
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
      return { online: pbx.state().online, commands, softphoneListens }
    },
  }
}

const noSuchCall = () => new Refusal('not_found', { detail: 'no such call' })
const alone = () => new Refusal('conflict', { detail: 'nobody else is in this call' })
