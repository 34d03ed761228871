import type { Call } from '../../calls/call.ts'

/** How many calls at once the lines to the outside take. */
export interface TrunkCapacity {
  names(): readonly string[]
  /**
   * How many more calls a trunk takes.
   * @param pendingCallIds calls that are to go by it; the PBX may not have begun them
   * @returns Infinity where no trunk is named, undefined for one that the settings do not name
   */
  available(trunk: string | null, pendingCallIds: readonly string[]): number | undefined
}

export interface TrunkCapacityNeeds {
  /** Calls at once, by the endpoint's name on the PBX. */
  limits: ReadonlyMap<string, number>
  live(): readonly Pick<Call, 'id' | 'legs'>[]
}

export function createTrunkCapacity({ limits, live }: TrunkCapacityNeeds): TrunkCapacity {
  return {
    names: () => [...limits.keys()],
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
