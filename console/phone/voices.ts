import type { Call, CallStore } from './call-store.ts'
import { PhoneError } from './phone-types.ts'
import type { TaskQueue } from './task-queue.ts'

/** Which call may be talked on: at most one, and all others are silent both ways, whatever their SDP allows. */
export interface Voices {
  /** Holds the other calls, connects this one by `connect` and gives it the voice. */
  activate(call: Call, connect: () => Promise<void>): Promise<void>
  hold(call: Call): Promise<void>
  /** Makes sound follow the state of each call: after each change of mute, hold or media. */
  apply(): void
  /** Takes the voice from a call that has ended. */
  drop(call: Call): void
}

export function createVoices(store: CallStore, queue: TaskQueue): Voices {
  let owner: Call | undefined
  let holds = 0

  const apply = () => {
    for (const call of store.live()) {
      const own = call === owner
      call.sip?.setVoice({ send: own && !call.card.muted && !call.remoteHold, receive: own })
    }
  }
  const drop = (call: Call) => {
    if (owner === call) owner = undefined
    apply()
  }
  const holdNow = async (call: Call) => {
    // Silent at once; the re-INVITE follows.
    drop(call)
    try {
      await call.sip?.hold()
    } finally {
      // Also where the PBX did not answer: the call is silent, so it is shown as held.
      if (hasVoiceState(call)) {
        holds += 1
        call.heldOrder = holds
        store.update(call, { state: 'held' })
      }
    }
  }
  return {
    activate: (call, connect) =>
      queue.run(async () => {
        if (isEnded(call)) throw new PhoneError('wrong_state')
        for (const other of store.live()) {
          // An end of the other call is no obstacle.
          if (other !== call && hasVoiceState(other)) await holdNow(other).catch(() => {})
        }
        if (isEnded(call)) throw new PhoneError('wrong_state')
        await connect()
        if (isEnded(call)) throw new PhoneError('wrong_state')
        owner = call
        store.update(call, {
          state: call.remoteHold ? 'remote-held' : 'active',
          startedAt: call.card.startedAt ?? Date.now(),
        })
        apply()
      }),
    hold: (call) =>
      queue.run(async () => {
        if (call.card.state === 'held') return
        if (!hasVoiceState(call)) throw new PhoneError('wrong_state')
        await holdNow(call)
      }),
    apply,
    drop,
  }
}

const isEnded = (call: Call) => call.card.state === 'ended'
const hasVoiceState = ({ card }: Call) => card.state === 'active' || card.state === 'remote-held'
