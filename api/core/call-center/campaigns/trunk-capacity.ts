import type { Call } from '../../calls/call.ts'

/** Free capacity of the trunks. */
export interface TrunkCapacity {
  /**
   * How many more calls a trunk takes.
   * @param pendingCallIds calls that will use the trunk; the PBX may not have started them
   * @returns Infinity for null, undefined for a trunk that the settings do not name
   */
  available(trunk: string | null, pendingCallIds: readonly string[]): number | undefined
}

export interface TrunkCapacityNeeds {
  /** Maximum of simultaneous calls, by the trunk's endpoint on the PBX. */
  limits: ReadonlyMap<string, number>
  live(): readonly Pick<Call, 'id' | 'legs'>[]
}

export function createTrunkCapacity({ limits, live }: TrunkCapacityNeeds): TrunkCapacity {
  return {
    available(trunk, pendingCallIds) {
      if (trunk === null) return Number.POSITIVE_INFINITY
      const limit = limits.get(trunk)
      if (limit === undefined) return undefined
      let legs = 0
      const startedCallIds = new Set<string>()
      for (const call of live()) {
        const ofTrunk = call.legs.filter(({ endpoint, state }) => endpoint === trunk && state !== 'ended')
        if (ofTrunk.length > 0) startedCallIds.add(call.id)
        legs += ofTrunk.length
      }
      return Math.max(0, limit - legs - pendingCallIds.filter((id) => !startedCallIds.has(id)).length)
    },
  }
}
