import type { PbxTime } from '../core/calls/pbx-events.ts'
import type { AmiCapabilities } from './ami-capabilities.ts'
import type { AmiClient } from './ami-client.ts'
import type { AmiMessage } from './ami-codec.ts'
import { AmiError } from './ami-error.ts'
import type { PbxClock } from './pbx-clock.ts'

/** All that a PBX says of itself when asked. */
export interface FetchedPbxState {
  /** Before any of it was listed: an event since then knows better. */
  at: PbxTime
  /** Uniqueids of all channels there are. */
  channels: ReadonlySet<string>
  messages: readonly AmiMessage[]
}

/**
 * Listen to its events first: what happens between two lists is told by them alone.
 * @throws {AmiError}
 */
export async function fetchPbxState(
  control: AmiClient,
  clock: PbxClock,
  { canListPresence }: Pick<AmiCapabilities, 'canListPresence'>,
): Promise<FetchedPbxState> {
  const { fields } = await control.action({ Action: 'Ping' })
  const at = clock.set(fields.timestamp)
  const calls = await control.list({ Action: 'CoreShowChannels' })
  const devices = await control.list({ Action: 'DeviceStateList' })
  const parked = await control.list({ Action: 'ParkedCalls' }).catch(emptyIfRefused)
  const presences = canListPresence
    ? await control.list({ Action: 'PresenceStateList' }).catch(emptyIfRefused)
    : []
  return {
    at,
    channels: new Set(calls.map(({ fields }) => fields.uniqueid ?? '')),
    messages: [...calls, ...devices, ...parked, ...presences],
  }
}

/** Parking is a module that may not be there, and some of Asterisk's lists refuse where they are empty. */
function emptyIfRefused(err: unknown): AmiMessage[] {
  if (err instanceof AmiError && err.code === 'ami_refused') return []
  throw err
}
