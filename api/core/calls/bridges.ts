import { isApiCall } from './call-id.ts'
import type { TrackedChannel } from './channel-registry.ts'
import type { PbxTime } from './pbx-events.ts'

/** Which channels share a bridge now, as far as the events show. */
export interface Bridges {
  /**
   * Call it after each event of a channel.
   * @param before the bridge that the channel was in until then
   * @returns the other channels in its bridge, before or now
   */
  update(channel: TrackedChannel, before: string | undefined): Iterable<TrackedChannel>
  /** All channels in the channel's bridge, itself included; none when it is in no bridge. */
  membersOf(channel: TrackedChannel): Iterable<TrackedChannel>
  /**
   * The call that a channel is in. When channels meet in a bridge, the PBX merges their calls into one, and
   * reports it with the next event of each channel, which may be its last. The oldest call survives; ids that
   * the PBX did not assign count as the oldest of all.
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
        for (const peer of leave(before, channel)) affected.add(peer)
      }
      if (bridge !== undefined) {
        for (const peer of enter(bridge, channel)) affected.add(peer)
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
