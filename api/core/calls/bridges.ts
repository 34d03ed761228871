import { isOurs } from './call-id.ts'
import type { KnownChannel } from './channel-registry.ts'
import type { PbxTime } from './pbx-events.ts'

/** Who is in a bridge with whom now, by what was heard of each. */
export interface Bridges {
  /**
   * After each fact of a channel.
   * @param before the bridge it was in until then
   * @returns everyone else whose company it was or is
   */
  update(channel: KnownChannel, before: string | undefined): Iterable<KnownChannel>
  /** All in the channel's bridge, itself included; none when it is in no bridge. */
  matesOf(channel: KnownChannel): Iterable<KnownChannel>
  /**
   * The call that a channel is in. The PBX makes one call of those that meet in a bridge, and tells of it with the
   * next event of each channel, which may be its last. It takes the oldest, and ids that are not its own for the
   * oldest of all.
   */
  callIdOf(channel: KnownChannel, bornAt: (callId: string) => PbxTime): string | undefined
}

export function createBridges(): Bridges {
  const bridges = new Map<string, Set<KnownChannel>>()

  return {
    update(channel, before) {
      const bridge = channel.gone === undefined ? channel.known.bridge : undefined
      const company = new Set<KnownChannel>()
      if (before !== undefined && before !== bridge) {
        for (const mate of leave(before, channel)) company.add(mate)
      }
      if (bridge !== undefined) {
        for (const mate of enter(bridge, channel)) company.add(mate)
        company.delete(channel)
      }
      return company
    },
    matesOf,
    callIdOf(channel, bornAt) {
      const isBefore = (a: string, b: string) => {
        if (isOurs(a) !== isOurs(b)) return isOurs(a)
        const [aAt, bAt] = [bornAt(a), bornAt(b)]
        return aAt < bAt || (aAt === bAt && a < b)
      }
      let first = channel.known.callId
      for (const { known } of matesOf(channel)) {
        if (known.callId === undefined || known.callId === first) continue
        if (first === undefined || isBefore(known.callId, first)) first = known.callId
      }
      return first
    },
  }

  function matesOf({ known, gone }: KnownChannel): Iterable<KnownChannel> {
    return (gone === undefined && bridges.get(known.bridge ?? '')) || []
  }

  function enter(bridge: string, channel: KnownChannel): Set<KnownChannel> {
    const mates = bridges.get(bridge) ?? new Set()
    bridges.set(bridge, mates.add(channel))
    return mates
  }

  function leave(bridge: string, channel: KnownChannel): Set<KnownChannel> {
    const mates = bridges.get(bridge) ?? new Set()
    mates.delete(channel)
    if (mates.size === 0) bridges.delete(bridge)
    return mates
  }
}
