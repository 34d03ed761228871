import type { Pbx, PbxDeed, PbxState } from '../core/calls/pbx.ts'
import { Refusal } from '../core/refusal.ts'
import type { Abilities } from './ami-capabilities.ts'
import type { AmiTransport } from './ami-client.ts'
import type { AmiFields, AmiMessage } from './ami-codec.ts'
import { AmiError } from './ami-error.ts'
import { away, refusalOf } from './ami-error-to-refusal.ts'
import { createDigits } from './dtmf-queue.ts'
import { createOriginates, type DialSettings, originateOf } from './originate.ts'
import type { After } from './timer.ts'
import { channelIdOf, digitsOf, numberOf, phoneChannelOf } from './validate-fields.ts'

export interface PbxNeeds {
  control: AmiTransport
  settings: PbxSettings
  state(): PbxState
  abilities(): Abilities
  /** @throws {Refusal} */
  hangUp(channelId: string, cause: number): Promise<void>
  after: After
}

export interface PbxSettings extends DialSettings {
  transferContext: string
  /** Asterisk's default one where undefined. */
  parkingLot: string | undefined
  parkTimeoutMs: number
  /** The folder that it records into, as it names it; undefined for `monitor` below its spool folder. */
  recordingFolder?: string | undefined
  /** Whether the names of recordings are needed. */
  asksForFiles?: boolean
}

/** Q.850. A caller hears "busy" for 17; others become 403 or 603. */
const CAUSES = { normal: 16, busy: 17 } as const

/** The deeds, each one action. Fields are judged before all else, then whether there is a PBX that lets us. */
export function createPbx({ control, settings, state, abilities, hangUp, after }: PbxNeeds): Pbx {
  const originate = createOriginates(control)
  const play = createDigits({ control, epoch, after })
  const { transferContext: Context, parkingLot } = settings

  return {
    state,
    can: (deed) => abilities().deeds.has(deed),

    async dial(order) {
      const fields = originateOf(order, settings)
      ready('dial')
      await originate(order.callId, fields)
    },

    async hangup(channelId, why) {
      const id = channelIdOf(channelId)
      ready('hangup')
      await hangUp(id, CAUSES[why])
    },

    async transferBlind(channelId, number) {
      const Channel = channelIdOf(channelId)
      const Exten = numberOf(number)
      ready('transfer')
      await mustBeKnown(Exten)
      await act({ Action: 'BlindTransfer', Channel, Context, Exten })
    },

    async transferAttended(channelId, number) {
      const Channel = channelIdOf(channelId)
      const Exten = numberOf(number)
      ready('attended_transfer')
      await mustBeKnown(Exten)
      // Asterisk plays the sound `pbx-transfer` first, and goes back to the call where it has none.
      await act({ Action: 'Atxfer', Channel, Context, Exten })
    },

    async cancelTransfer(channelId) {
      const Channel = channelIdOf(channelId)
      ready('attended_transfer')
      await act({ Action: 'CancelAtxfer', Channel })
    },

    async sendDigits(channelId, digits) {
      const [id, checked] = [channelIdOf(channelId), digitsOf(digits)]
      ready('dtmf')
      await play(id, checked)
    },

    async pressDigits(channelId, digits, mayPress) {
      const [id, checked] = [channelIdOf(channelId), digitsOf(digits)]
      ready('dtmf')
      await play(id, checked, mayPress)
    },

    async park(channelId, by) {
      const Channel = channelIdOf(channelId)
      const TimeoutChannel = phoneChannelOf(by, settings.technology)
      ready('park')
      const lot = parkingLot === undefined ? {} : { Parkinglot: parkingLot }
      await act({ Action: 'Park', Channel, TimeoutChannel, Timeout: settings.parkTimeoutMs, ...lot })
    },

    async mute(channelId, muted) {
      const Channel = channelIdOf(channelId)
      ready('mute')
      const State = muted ? 'on' : 'off'
      if (abilities().mutesBy === 'MuteAudio') {
        await act({ Action: 'MuteAudio', Channel, Direction: 'in', State })
      } else {
        await act({ Action: 'Setvar', Channel, Variable: 'MUTEAUDIO(in)', Value: State })
      }
    },

    async pauseRecording(channelId, paused) {
      const Channel = channelIdOf(channelId)
      ready('pause_recording')
      await act({ Action: 'MixMonitorMute', Channel, Direction: 'both', State: paused ? 1 : 0 })
    },

    async askToAnswer(channelId) {
      const Channel = channelIdOf(channelId)
      ready('ask_to_answer')
      await act({ Action: 'PJSIPNotify', Channel, Variable: 'Event=talk' })
    },

    async knows(number) {
      const checked = numberOf(number)
      ready()
      return knows(checked)
    },
  }

  function epoch(): string | undefined {
    const { online, epoch } = state()
    return online ? epoch : undefined
  }

  function ready(deed?: PbxDeed) {
    if (!state().online) throw away()
    if (deed !== undefined && !abilities().deeds.has(deed)) throw new Refusal('not_supported')
  }

  async function act(fields: AmiFields): Promise<void> {
    try {
      await control.action(fields)
    } catch (err) {
      throw refusalOf(err)
    }
  }

  /** Asterisk transfers to an extension that does not exist as to any other, and both ends are gone. */
  async function mustBeKnown(number: string) {
    if ((await knows(number)) !== false) return
    throw new Refusal('unknown_number', { detail: 'the PBX knows no such number' })
  }

  /** By the dialplan as it was loaded; what a `switch` would look up elsewhere is not in it. */
  async function knows(Extension: string): Promise<boolean | undefined> {
    if (!abilities().showsDialplan) return undefined
    try {
      return (await control.list({ Action: 'ShowDialPlan', Context, Extension })).some(isBeginning)
    } catch (err) {
      if (!(err instanceof AmiError) || err.code !== 'ami_refused') throw refusalOf(err)
      return /^did not find extension/i.test(err.message) ? false : undefined
    }
  }
}

/** A hint alone is nothing that can be called. */
const isBeginning = ({ fields }: AmiMessage) => fields.priority === '1'
