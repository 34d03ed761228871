import type { Pbx, PbxCapability, PbxState } from '../core/calls/pbx.ts'
import { Refusal } from '../core/refusal.ts'
import type { AmiCapabilities } from './ami-capabilities.ts'
import type { AmiClient } from './ami-client.ts'
import type { AmiAction, AmiMessage } from './ami-codec.ts'
import { AmiError } from './ami-error.ts'
import { pbxUnavailable, toRefusal } from './ami-error-to-refusal.ts'
import { createDtmfQueue } from './dtmf-queue.ts'
import { createOriginateOnce, type OriginateSettings, toOriginateAction } from './originate.ts'
import { requireSpied, SPIED_VARIABLE, SUPERVISION_CONTEXT, toSuperviseAction } from './supervise.ts'
import type { StartTimer } from './timer.ts'
import {
  requireChannelId,
  requireDigits,
  requireFullName,
  requireNumber,
  requirePhoneChannel,
} from './validate-fields.ts'

export interface AmiPbxNeeds {
  control: AmiClient
  settings: AsteriskSettings
  state(): PbxState
  capabilities(): AmiCapabilities
  /** @throws {Refusal} */
  hangUp(channelId: string, cause: number): Promise<void>
  startTimer: StartTimer
}

export interface AsteriskSettings extends OriginateSettings {
  transferContext: string
  /** The default parking lot of Asterisk where undefined. */
  parkingLot: string | undefined
  parkTimeoutMs: number
  /** The folder of recordings, as Asterisk names it; undefined for `monitor` below its spool folder. */
  recordingFolder?: string | undefined
  /** Whether the file names of recordings are needed. */
  needsFileNames?: boolean
}

/** Q.850. The caller gets "busy" for 17; other causes become 403 or 603. */
const HANGUP_CAUSES = { normal: 16, busy: 17 } as const

/**
 * The commands of a PBX as AMI actions. Each validates its fields first, then checks that the PBX is online
 * and permits it.
 */
export function createAmiPbx({
  control,
  settings,
  state,
  capabilities,
  hangUp,
  startTimer,
}: AmiPbxNeeds): Pbx {
  const originate = createOriginateOnce(control)
  const playDtmf = createDtmfQueue({ control, pbxEpoch: epochIfOnline, startTimer })
  const { transferContext: Context, parkingLot } = settings

  return {
    state,
    can: (capability) => capabilities().pbxCapabilities.has(capability),

    async dial(order) {
      const fields = toOriginateAction(order, settings)
      requireCapability('dial')
      await originate(order.callId, fields)
    },

    async hangup(channelId, why) {
      const id = requireChannelId(channelId)
      requireCapability('hangup')
      await hangUp(id, HANGUP_CAUSES[why])
    },

    async transferBlind(channelId, number) {
      const Channel = requireChannelId(channelId)
      const Exten = requireNumber(number)
      requireCapability('transfer')
      await requireExtension(Exten)
      await sendAction({ Action: 'BlindTransfer', Channel, Context, Exten })
    },

    async transferAttended(channelId, number) {
      const Channel = requireChannelId(channelId)
      const Exten = requireNumber(number)
      requireCapability('attended_transfer')
      await requireExtension(Exten)
      // Asterisk plays the sound `pbx-transfer` first, and returns to the call if it has no such sound.
      await sendAction({ Action: 'Atxfer', Channel, Context, Exten })
    },

    async cancelTransfer(channelId) {
      const Channel = requireChannelId(channelId)
      requireCapability('attended_transfer')
      await sendAction({ Action: 'CancelAtxfer', Channel })
    },

    async sendDigits(channelId, digits) {
      const [id, checked] = [requireChannelId(channelId), requireDigits(digits)]
      requireCapability('dtmf')
      await playDtmf(id, checked)
    },

    async pressDigits(channelId, digits, mayPress) {
      const [id, checked] = [requireChannelId(channelId), requireDigits(digits)]
      requireCapability('dtmf')
      await playDtmf(id, checked, mayPress)
    },

    async park(channelId, by) {
      const Channel = requireChannelId(channelId)
      const TimeoutChannel = requirePhoneChannel(by, settings.technology)
      requireCapability('park')
      const lot = parkingLot === undefined ? {} : { Parkinglot: parkingLot }
      await sendAction({ Action: 'Park', Channel, TimeoutChannel, Timeout: settings.parkTimeoutMs, ...lot })
    },

    async mute(channelId, muted) {
      const Channel = requireChannelId(channelId)
      requireCapability('mute')
      const State = muted ? 'on' : 'off'
      if (capabilities().muteAction === 'MuteAudio') {
        await sendAction({ Action: 'MuteAudio', Channel, Direction: 'in', State })
      } else {
        await sendAction({ Action: 'Setvar', Channel, Variable: 'MUTEAUDIO(in)', Value: State })
      }
    },

    async pauseRecording(channelId, paused) {
      const Channel = requireChannelId(channelId)
      requireCapability('pause_recording')
      await sendAction({ Action: 'MixMonitorMute', Channel, Direction: 'both', State: paused ? 1 : 0 })
    },

    async requestAnswer(channelId) {
      const Channel = requireChannelId(channelId)
      requireCapability('request_answer')
      await sendAction({ Action: 'PJSIPNotify', Channel, Variable: 'Event=talk' })
    },

    async sipCallIdOf(channelId) {
      const Channel = requireChannelId(channelId)
      if (!state().online || !capabilities().canReadVariables) return undefined
      try {
        const { fields } = await control.action({
          Action: 'Getvar',
          Channel,
          Variable: 'CHANNEL(pjsip,call-id)',
        })
        return fields.value || undefined
      } catch {
        // A channel that has ended, or one of another technology.
        return undefined
      }
    },

    async supervise(order) {
      const fields = toSuperviseAction(order, settings)
      requireCapability('supervise')
      await originate(order.id, fields)
    },

    async switchSupervision(id, channelId, mode) {
      const [Channel, spied] = [requireChannelId(id), requireSpied(channelId)]
      requireCapability('switch_supervision')
      // Asterisk would hang up a channel that is sent to an extension that does not exist.
      if ((await hasExtension(SUPERVISION_CONTEXT, mode)) !== true)
        throw new Refusal('not_supported', { detail: 'the dialplan has no context hookswitch-supervise' })
      await sendAction({ Action: 'Setvar', Channel, Variable: SPIED_VARIABLE, Value: spied })
      await sendAction({
        Action: 'Redirect',
        Channel,
        Context: SUPERVISION_CONTEXT,
        Exten: mode,
        Priority: 1,
      })
    },

    async connect(name, otherName) {
      const [Channel1, Channel2] = [requireFullName(name), requireFullName(otherName)]
      requireCapability('take_over')
      await sendAction({ Action: 'Bridge', Channel1, Channel2, Tone: 'no' })
    },

    async extensionExists(number) {
      const checked = requireNumber(number)
      requireCapability()
      return knows(checked)
    },
  }

  function epochIfOnline(): string | undefined {
    const { online, pbxEpoch } = state()
    return online ? pbxEpoch : undefined
  }

  function requireCapability(capability?: PbxCapability) {
    if (!state().online) throw pbxUnavailable()
    if (capability !== undefined && !capabilities().pbxCapabilities.has(capability))
      throw new Refusal('not_supported')
  }

  async function sendAction(fields: AmiAction): Promise<void> {
    try {
      await control.action(fields)
    } catch (err) {
      throw toRefusal(err)
    }
  }

  /** Asterisk would transfer also to an extension that does not exist, and both ends would be lost. */
  async function requireExtension(number: string) {
    if ((await knows(number)) !== false) return
    throw new Refusal('unknown_number', { detail: 'the PBX knows no such number' })
  }

  /** Looks in the loaded dialplan; it does not include what a `switch` looks up elsewhere. */
  function knows(number: string): Promise<boolean | undefined> {
    return hasExtension(Context, number)
  }

  async function hasExtension(context: string, Extension: string): Promise<boolean | undefined> {
    if (!capabilities().canShowDialplan) return undefined
    try {
      return (await control.list({ Action: 'ShowDialPlan', Context: context, Extension })).some(
        isFirstPriority,
      )
    } catch (err) {
      if (!(err instanceof AmiError) || err.code !== 'ami_refused') throw toRefusal(err)
      return /^did not find extension/i.test(err.message) ? false : undefined
    }
  }
}

/** A hint alone cannot be called. */
const isFirstPriority = ({ fields }: AmiMessage) => fields.priority === '1'
