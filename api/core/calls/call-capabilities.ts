import type { Actor } from '../actor.ts'
import type { CallCapabilities, CallCommand } from './call-control.ts'
import type { Pbx, PbxCapability } from './pbx.ts'
import type { SoftphoneCommands } from './softphone-commands.ts'
import {
  allowsMode,
  allowsTakeOver,
  type SupervisionLevel,
  type SupervisionMode,
} from './supervision/supervision.ts'

/** How each command can be carried out now, for this actor. */
export function callCapabilities(
  actor: Pick<Actor, 'userId' | 'claims'>,
  needs: {
    pbx: Pick<Pbx, 'state' | 'can'>
    softphones: Pick<SoftphoneCommands, 'isConnected'>
    answerByNotify: boolean
    supervision: SupervisionLevel
  },
): CallCapabilities {
  const { pbx, softphones, answerByNotify } = needs
  const byPbx = (capability: PbxCapability) => (pbx.can(capability) ? ('pbx' as const) : ('none' as const))
  const mayLevel = actor.claims.role === 'user' ? 'off' : needs.supervision
  const supervise = (mode: SupervisionMode) => (allowsMode(mayLevel, mode) ? byPbx('supervise') : 'none')
  const commands: Record<CallCommand, 'pbx' | 'softphone' | 'none'> = {
    dial: byPbx('dial'),
    answer: answerByNotify && pbx.can('request_answer') ? 'pbx' : 'softphone',
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
    listen: supervise('listen'),
    whisper: supervise('whisper'),
    join: supervise('join'),
    take_over: allowsTakeOver(mayLevel) && pbx.can('supervise') ? byPbx('take_over') : 'none',
  }
  return { online: pbx.state().online, commands, softphoneConnected: softphones.isConnected(actor.userId) }
}
