import { isApiCall } from './call-id.ts'
import type { TrackedChannel } from './channel-registry.ts'
import type { PbxTime } from './pbx-events.ts'

/** Who is in a bridge with whom now, by what was heard of each. */
export interface Bridges {
  /**
   * After each fact of a channel.
   * @param before the bridge it was in until then
   * @returns everyone else whose company it was or is
   */
  update(channel: TrackedChannel, before: string | undefined): Iterable<TrackedChannel>
  /** All in the channel's bridge, itself included; none when it is in no bridge. */
  membersOf(channel: TrackedChannel): Iterable<TrackedChannel>
  /**
   * The call that a channel is in. The PBX makes one call of those that meet in a bridge, and tells of it with the
   * next event of each channel, which may be its last. It takes the oldest, and ids that are not its own for the
   * oldest of all.
   */
  callIdOf(channel: TrackedChannel, createdAtOf: (callId: string) => PbxTime): string | undefined
}

export function createBridges(): Bridges {
  const bridges = new Map<string, Set<TrackedChannel>>()

  return {
    update(channel, before) {
      const bridge = channel.ended === undefined ? channel.attributes.bridge : undefined
      const affected = new Set<TrackedChannel>()
      if (before !== undefined && before !== bridge) {
        for (const mate of leave(before, channel)) affected.add(mate)
      }
      if (bridge !== undefined) {
        for (const mate of enter(bridge, channel)) affected.add(mate)
        affected.delete(channel)
      }
      return affected
    },
    membersOf,
    callIdOf(channel, createdAtOf) {
      const isBefore = (a: string, b: string) => {
        if (isApiCall(a) !== isApiCall(b)) return isApiCall(a)
        const [aAt, bAt] = [createdAtOf(a), createdAtOf(b)]
        return aAt < bAt || (aAt === bAt && a < b)
      }
      let first = channel.attributes.callId
      for (const { attributes } of membersOf(channel)) {
        if (attributes.callId === undefined || attributes.callId === first) continue
        if (first === undefined || isBefore(attributes.callId, first)) first = attributes.callId
      }
      return first
    },
  }

  function membersOf({ attributes, ended }: TrackedChannel): Iterable<TrackedChannel> {
    return (ended === undefined && bridges.get(attributes.bridge ?? '')) || []
  }

  function enter(bridge: string, channel: TrackedChannel): Set<TrackedChannel> {
    const members = bridges.get(bridge) ?? new Set()
    bridges.set(bridge, members.add(channel))
    return members
  }

  function leave(bridge: string, channel: TrackedChannel): Set<TrackedChannel> {
    const members = bridges.get(bridge) ?? new Set()
    members.delete(channel)
    if (members.size === 0) bridges.delete(bridge)
    return members
  }
}
