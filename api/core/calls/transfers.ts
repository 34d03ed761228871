import type { Clearance } from '../dial-policy/clearance.ts'
import { Refusal } from '../refusal.ts'
import type { Call, Leg } from './call.ts'
import type { CallControl } from './call-control.ts'
import type { CallWaiter } from './call-waiter.ts'
import {
  findLiveLeg,
  hasLegEnded,
  isUp,
  type LegSelection,
  otherLegs,
  requireOtherLegs,
} from './leg-selection.ts'
import type { Pbx } from './pbx.ts'

export interface TransferNeeds {
  pbx: Pbx
  waiter: CallWaiter
  clearNumber: Clearance
  legs: LegSelection
}

type TransferCommands = Pick<
  CallControl,
  'transfer' | 'startTransfer' | 'completeTransfer' | 'cancelTransfer'
>

/** Blind and attended transfers. */
export function createTransferCommands({ pbx, waiter, clearNumber, legs }: TransferNeeds): TransferCommands {
  /** A transfer is subject to the same rules as a call to that number. */
  async function clearTarget(leg: Leg, text: string) {
    const { number } = await clearNumber(text)
    if (number === legs.ownerOf(leg)?.extension) {
      throw new Refusal('input_invalid', { detail: 'this is the number of the phone that transfers' })
    }
    return number
  }

  return {
    async transfer(actor, callId, text) {
      const { call, leg } = await legs.requireLeg(actor, callId, 'leg that is up', isUp)
      const number = await clearTarget(leg, text)
      requireOtherLegs(call, leg)
      await pbx.transferBlind(leg.channelId, number)
      await waiter.until(callId, hasLegEnded(leg))
    },

    async startTransfer(actor, callId, text) {
      const { call, leg } = await legs.requireLeg(actor, callId, 'leg that is up', isUp)
      const number = await clearTarget(leg, text)
      requireOtherLegs(call, leg)
      const bridge = leg.bridge
      await pbx.transferAttended(leg.channelId, number)
      // Asterisk takes the leg out of the bridge, and plays music to the other end, before the number rings.
      await waiter.until(callId, (now) => {
        const own = findLiveLeg(now, leg)
        return own === undefined || own.bridge !== bridge
      })
    },

    async completeTransfer(actor, callId) {
      const { call, leg } = await legs.requireLeg(actor, callId, 'leg that is up', isUp)
      requirePendingTransfer(call, leg)
      await pbx.hangup(leg.channelId, 'normal')
      await waiter.until(callId, hasLegEnded(leg))
    },

    async cancelTransfer(actor, callId) {
      const { call, leg } = await legs.requireLeg(actor, callId, 'leg that is up', isUp)
      requirePendingTransfer(call, leg)
      const peers = otherLegs(call, leg)
      await pbx.cancelTransfer(leg.channelId)
      await waiter.until(callId, (now) => {
        const bridge = findLiveLeg(now, leg)?.bridge
        return bridge !== undefined && peers.some((peer) => findLiveLeg(now, peer)?.bridge === bridge)
      })
    },
  }
}

/** During an attended transfer the other end waits in a bridge that the own leg has left. */
function requirePendingTransfer(call: Call, own: Leg): void {
  const isWaiting = ({ bridge, parkingSpace, state }: Leg) =>
    state === 'up' && parkingSpace === undefined && bridge !== undefined && bridge !== own.bridge
  if (!otherLegs(call, own).some(isWaiting))
    throw new Refusal('conflict', { detail: 'no transfer is under way' })
}
