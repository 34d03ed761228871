import type { PbxTime } from '../core/calls/pbx-events.ts'
import type { AmiCapabilities } from './ami-capabilities.ts'
import type { AmiClient } from './ami-client.ts'
import type { AmiMessage } from './ami-codec.ts'
import { AmiError } from './ami-error.ts'
import type { PbxClock } from './pbx-clock.ts'

/** The state of a PBX, read from its lists. */
export interface FetchedPbxState {
  /** Before the first list: later events are newer. */
  at: PbxTime
  /** Uniqueids of all channels. */
  channels: ReadonlySet<string>
  messages: readonly AmiMessage[]
}

/**
 * Fetches the state of Asterisk. Listen to its events first: only they show changes between two lists.
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

/** The parking module may not be loaded, and some of Asterisk's lists refuse when they are empty. */
function emptyIfRefused(err: unknown): AmiMessage[] {
  if (err instanceof AmiError && err.code === 'ami_refused') return []
  throw err
}
