import { isSupervisionId } from './call-id.ts'
import type { CallTracker } from './call-tracker.ts'
import type { DeviceStates } from './device-states.ts'
import type { CallHistoryWriter } from './history-writer.ts'
import type { PbxEvent } from './pbx-events.ts'
import type { WatchSupervisions } from './supervision/watch-supervisions.ts'

export interface PbxEventTargets {
  tracker: Pick<CallTracker, 'handle'>
  deviceStates: Pick<DeviceStates, 'handle' | 'shiftBack'>
  historyWriter: Pick<CallHistoryWriter, 'addCdr'>
  supervisions: Pick<WatchSupervisions, 'handle'>
}

/** Passes each event of the PBX to the module that holds this kind of state. */
export const createPbxEventDispatcher =
  ({ tracker, deviceStates, historyWriter, supervisions }: PbxEventTargets) =>
  (event: PbxEvent): void => {
    if (event.kind === 'device') deviceStates.handle(event)
    else if (event.kind === 'cdr') {
      // A phone that only listens is in no call.
      if (!isSupervisionId(event.callId)) historyWriter.addCdr(event)
    } else {
      if (event.kind === 'clock_set_back') deviceStates.shiftBack(event.setBackBy)
      tracker.handle(event)
      supervisions.handle(event)
    }
  }
