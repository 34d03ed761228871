import type { SuperviseRequest } from '../core/calls/pbx.ts'
import type { SupervisionMode } from '../core/calls/supervision/supervision.ts'
import { Refusal } from '../core/refusal.ts'
import type { AmiAction } from './ami-codec.ts'
import { type OriginateSettings, ringOwnPhone } from './originate.ts'
import { requireChannelId } from './validate-fields.ts'

/** Of docs/asterisk/hookswitch.conf: it runs ChanSpy again, in another mode. */
export const SUPERVISION_CONTEXT = 'hookswitch-supervise'
export const SPIED_VARIABLE = 'HOOKSWITCH_SPIED'

/**
 * Options of ChanSpy: `u` exactly the channel with this Uniqueid, where a name would be a prefix of others and digits of
 * the phone would choose another; `q` no beep; `E` and `S` end with that channel, or at once if it has ended. Without `d`,
 * so that no key of the phone changes the mode.
 */
const BASE_OPTIONS = 'uqES'
const MODE_OPTIONS: Readonly<Record<SupervisionMode, string>> = { listen: '', whisper: 'w', join: 'B' }

/** Rings the supervisor's phone, and runs ChanSpy on it once it is answered. */
export const toSuperviseAction = (order: SuperviseRequest, settings: OriginateSettings): AmiAction => ({
  ...ringOwnPhone(order, order.id, settings),
  Application: 'ChanSpy',
  // Asterisk reads commas and brackets in it: a Uniqueid has none.
  Data: `${requireSpied(order.channelId)},${BASE_OPTIONS}${MODE_OPTIONS[order.mode]}`,
})

/** ChanSpy takes this word for every channel. */
export function requireSpied(channelId: string): string {
  if (channelId === 'all') throw new Refusal('input_invalid', { detail: 'not a channel id' })
  return requireChannelId(channelId)
}
