import type { AmiPbx } from './ami-pbx.ts'
import { timestamp } from './ami-pbx.ts'

export interface AmiPhone {
  extension: string
  /** As the other end sees it. */
  name?: string
}

/** The events of a call between two phones: rung, answered and bridged. */
export interface AmiCall {
  id: string
  channels: readonly { id: string; name: string }[]
  hangUp(): void
}

let calls = 0

export function simulateCall(pbx: Pick<AmiPbx, 'sendEvents'>, from: AmiPhone, to: AmiPhone): AmiCall {
  calls += 1
  const second = Math.floor(Date.now() / 1000)
  const ends = [from, to].map(({ extension, name = `User ${extension}` }, at) => ({
    id: `${second}.${calls}${at}`,
    name: `PJSIP/${extension}-${(calls * 2 + at).toString(16).padStart(8, '0')}`,
    extension,
    shown: name,
  })) as [End, End] // as many as phones
  const [caller, callee] = ends
  const sendEvent = (event: string, ...lines: string[]) =>
    pbx.sendEvents(`${[`Event: ${event}`, `Timestamp: ${timestamp()}`, ...lines].join('\r\n')}\r\n\r\n`)
  const snapshot = (end: End, state: number, prefix = '') => [
    `${prefix}Channel: ${end.name}`,
    `${prefix}ChannelState: ${state}`,
    `${prefix}CallerIDNum: ${end.extension}`,
    `${prefix}CallerIDName: ${end.shown}`,
    `${prefix}Exten: ${callee.extension}`,
    `${prefix}Uniqueid: ${end.id}`,
    `${prefix}Linkedid: ${caller.id}`,
  ]
  sendEvent('Newchannel', ...snapshot(caller, 4))
  sendEvent('Newchannel', ...snapshot(callee, 0))
  sendEvent('DialBegin', ...snapshot(caller, 4), ...snapshot(callee, 5, 'Dest'))
  sendEvent('Newstate', ...snapshot(callee, 6))
  sendEvent('DialEnd', ...snapshot(caller, 4), ...snapshot(callee, 6, 'Dest'), 'DialStatus: ANSWER')
  sendEvent('Newstate', ...snapshot(caller, 6))
  const bridge = [`BridgeUniqueid: bridge-${caller.id}`, 'BridgeType: basic']
  for (const end of ends) sendEvent('BridgeEnter', ...bridge, ...snapshot(end, 6))
  return {
    id: caller.id,
    channels: ends,
    hangUp() {
      for (const end of ends) sendEvent('BridgeLeave', ...bridge, ...snapshot(end, 6))
      for (const end of ends) sendEvent('Hangup', ...snapshot(end, 6), 'Cause: 16')
    },
  }
}

interface End {
  id: string
  name: string
  extension: string
  shown: string
}
