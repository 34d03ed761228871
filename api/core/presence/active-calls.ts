import type { Call, CallDirection, Leg } from '../calls/call.ts'

/** One call in the document's `active-calls`. Times are unix seconds, empty before they occur. */
interface ActiveCall {
  start: string
  answer: string
  typeCall: 'inner' | 'outgoing' | 'incoming'
  src_chan: string
  src_num: string
  exten: string
  dst_chan: string
  dst_num: string
  did: string
  linkedid: string
  calledChannels: readonly { channel: string; number: string }[]
  bridgeChannels: readonly {
    answer: string
    src_chan: string
    src_num: string
    dst_chan: string
    dst_num: string
  }[]
}

const TYPES: Readonly<Record<CallDirection, ActiveCall['typeCall']>> = {
  internal: 'inner',
  outgoing: 'outgoing',
  incoming: 'incoming',
}

/** All live calls, for supervisors: `active-calls` of ModuleMonitorActiveCalls. */
export function activeCalls(calls: readonly Call[]) {
  return { queues: {}, calls: calls.map(activeCall) }
}

function activeCall(call: Call): ActiveCall {
  const live = call.legs.filter(({ state }) => state !== 'ended')
  const caller = live.find(({ role }) => role === 'caller')
  const called = live.filter(({ role }) => role === 'callee')
  const answered = called.find(({ state }) => state === 'up')
  const destination = answered ?? called[0]
  return {
    start: seconds(call.startedAt),
    answer: seconds(call.answeredAt),
    typeCall: TYPES[call.direction],
    src_chan: caller?.channelName ?? '',
    src_num: call.from.number,
    exten: call.to.number,
    dst_chan: destination?.channelName ?? '',
    dst_num: destination?.number ?? call.to.number,
    did: call.direction === 'incoming' ? call.to.number : '',
    linkedid: call.id,
    calledChannels: called.map(({ channelName, number }) => ({ channel: channelName, number })),
    bridgeChannels: bridged(caller, answered, call),
  }
}

function bridged(caller: Leg | undefined, answered: Leg | undefined, call: Call) {
  if (caller === undefined || answered === undefined) return []
  return [
    {
      answer: seconds(call.answeredAt),
      src_chan: caller.channelName,
      src_num: caller.number,
      dst_chan: answered.channelName,
      dst_num: answered.number,
    },
  ]
}

const seconds = (at: number | undefined) => (at === undefined ? '' : (at / 1e6).toFixed(0))
