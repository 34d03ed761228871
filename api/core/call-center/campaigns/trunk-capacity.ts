import type { Call } from '../../calls/call.ts'

/** How many calls at once the lines to the outside take. */
export interface Trunks {
  names(): readonly string[]
  /**
   * How many more calls a trunk takes.
   * @param taken calls that are to go by it; the PBX may not have begun them
   * @returns Infinity where no trunk is named, undefined for one that the settings do not name
   */
  room(trunk: string | null, taken: readonly string[]): number | undefined
}

export interface TrunksNeeds {
  /** Calls at once, by the endpoint's name on the PBX. */
  bounds: ReadonlyMap<string, number>
  live(): readonly Pick<Call, 'id' | 'legs'>[]
}

export function createTrunks({ bounds, live }: TrunksNeeds): Trunks {
  return {
    names: () => [...bounds.keys()],
    room(trunk, taken) {
      if (trunk === null) return Number.POSITIVE_INFINITY
      const bound = bounds.get(trunk)
      if (bound === undefined) return undefined
      let legs = 0
      const shown = new Set<string>()
      for (const call of live()) {
        const ofTrunk = call.legs.filter(({ endpoint, state }) => endpoint === trunk && state !== 'ended')
        if (ofTrunk.length > 0) shown.add(call.id)
        legs += ofTrunk.length
      }
      return Math.max(0, bound - legs - taken.filter((id) => !shown.has(id)).length)
    },
  }
}
