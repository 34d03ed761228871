import type { CallTracker } from '../core/calls/call-tracker.ts'
import type { DeviceStates } from '../core/calls/device-states.ts'
import type { SoftphoneCommands } from '../core/calls/softphone-commands.ts'
import type { Directory } from '../core/directory/directory.ts'
import { createPresenceBodies, type PresenceBodiesNeeds } from '../core/presence/presence-bodies.ts'
import { createPresencePublisher, type PresencePublisherNeeds } from '../core/presence/presence-publisher.ts'
import type { UserStatuses } from '../core/presence/user-status.ts'

export interface PresenceNeeds
  extends Pick<PresenceBodiesNeeds, 'phoneStates' | 'isPbxOffline'>,
    Omit<PresencePublisherNeeds, 'bodies'> {
  /** Without a PBX nothing is published. */
  hasPbx: boolean
  tracker: CallTracker
  deviceStates: DeviceStates
  directory: Directory
  statuses: UserStatuses
  softphones: SoftphoneCommands
}

/** Publishes presence whenever something that it shows changes. */
export function startPresence(needs: PresenceNeeds) {
  const { tracker, deviceStates, directory, statuses, softphones } = needs
  const publisher = createPresencePublisher({
    ...needs,
    bodies: needs.hasPbx ? createPresenceBodies({ ...needs, isUserOnline: softphones.isOnline }) : {},
  })
  for (const source of [tracker, deviceStates, directory, statuses, softphones])
    source.onChange(() => publisher.changed())
  return publisher
}
