import { Refusal } from '../refusal.ts'
import type { Call, Leg } from './call.ts'
import type { CallTracker } from './call-tracker.ts'
import type { CallWaiter } from './call-waiter.ts'
import type { Pbx } from './pbx.ts'

/** A far end that has just answered enters the bridge within this time. */
const BRIDGE_TIMEOUT_MS = 500

/**
 * Sends digits from one leg to the ends that it talks with. Digits that count as the leg's own could start a
 * feature code of the PBX, which transfers past the dial policy: they are pressed only while the dialplan
 * itself handles the call, as no feature applies there.
 * @throws {Refusal} `conflict` while an end rings, waits, or is hidden behind the PBX's own channels
 */
export async function sendDigitsToPeers(
  own: Leg,
  callId: string,
  digits: string,
  { pbx, tracker, waiter }: { pbx: Pbx; tracker: Pick<CallTracker, 'find'>; waiter: CallWaiter },
): Promise<void> {
  const currentTargets = (call = tracker.find(callId)) => digitTargetsOf(call, own.channelId)
  await waiter
    .until(callId, (call) => currentTargets(call) !== undefined, BRIDGE_TIMEOUT_MS)
    .catch(() => {
      throw new Refusal('conflict', { detail: 'digits can be sent once the other end is in the call' })
    })
  const targets = currentTargets()
  if (targets === 'dialplan') {
    return pbx.pressDigits(own.channelId, digits, () => currentTargets() === 'dialplan')
  }
  await Promise.all((targets ?? []).map(({ channelId }) => pbx.sendDigits(channelId, digits)))
}

/** The far ends in the leg's bridge, or `dialplan` where the leg is the only one of the call and in no bridge. */
function digitTargetsOf(call: Call | undefined, channelId: string): 'dialplan' | readonly Leg[] | undefined {
  const legs = (call?.legs ?? []).filter(({ state }) => state !== 'ended')
  const own = legs.find((leg) => leg.channelId === channelId && leg.state === 'up')
  if (own === undefined) return undefined
  if (own.bridge === undefined)
    return legs.length === 1 && own.parkingSpace === undefined ? 'dialplan' : undefined
  const far = legs.filter((leg) => leg !== own && leg.state === 'up' && leg.bridge === own.bridge)
  return far.length > 0 ? far : undefined
}
