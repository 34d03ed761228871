import type { CallTracker } from '../calls/call-tracker.ts'
import type { DeviceStates } from '../calls/device-states.ts'
import type { Directory } from '../directory/directory.ts'
import type { SnapshotChannel } from '../messaging/snapshots.ts'
import { activeCalls } from './active-calls.ts'
import type { PhoneStates } from './phone-states.ts'
import type { UserStatuses } from './user-status.ts'
import { queuesOf, usersState } from './users-state.ts'

export interface PresenceBodiesNeeds {
  directory: Pick<Directory, 'all' | 'endpointsOf'>
  tracker: Pick<CallTracker, 'live' | 'ofEndpoints'>
  deviceStates: Pick<DeviceStates, 'all'>
  phoneStates: Pick<PhoneStates, 'stateOf' | 'isDnd'>
  statuses: Pick<UserStatuses, 'statusOf'>
  isUserOnline(userId: string): boolean
  isPbxOffline(): boolean
}

/** The current body of each presence channel. While the PBX is offline no call of it is shown. */
export function createPresenceBodies(
  needs: PresenceBodiesNeeds,
): Record<SnapshotChannel, () => Record<string, unknown>> {
  const { directory, tracker, deviceStates, phoneStates, statuses, isUserOnline, isPbxOffline } = needs
  return {
    'users-state': () => ({
      ...usersState({
        users: directory.all(),
        isPbxOnline: !isPbxOffline(),
        callsOf: ({ extension }) => tracker.ofEndpoints(directory.endpointsOf(extension)),
        endpointsOf: directory.endpointsOf,
        deviceStateOf: ({ extension }) => phoneStates.stateOf(extension),
        statusOf: statuses.statusOf,
        isDnd: ({ extension }) => phoneStates.isDnd(extension),
        isUserOnline,
        queues: queuesOf(deviceStates.all()),
      }),
    }),
    'active-calls': () => activeCalls(isPbxOffline() ? [] : tracker.live()),
  }
}
