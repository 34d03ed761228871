import { LRUCache } from 'lru-cache'

/** Areas of the IANA time zone database that contain places. `Etc` does not: `Etc/GMT+1` is west of Greenwich. */
const AREAS = [
  ...[
    'Africa',
    'America',
    'Antarctica',
    'Arctic',
    'Asia',
    'Atlantic',
    'Australia',
    'Europe',
    'Indian',
    'Pacific',
  ],
  // Aliases of places, as Windows and Rails programs write them: `US/Eastern`.
  ...['Brazil', 'Canada', 'Chile', 'Mexico', 'US'],
]
const PLACE = new RegExp(`^(?:UTC|Etc/UTC|(?:${AREAS.join('|')})/[A-Za-z0-9_+/-]+)$`, 'i')

/** A validation message, to be read after the name of the member. */
export const INVALID_TIME_ZONE =
  'must be a place such as Europe/Berlin (IANA), or UTC; abbreviations such as BST stand for several zones'

/**
 * Whether a text is a place of the time zone database, `Area/City`, or UTC, in any case. Abbreviations and other names
 * without a `/` are refused although ICU accepts them: it reads BST as Dhaka, AST as Anchorage and EST as Panama.
 * Offsets are refused too, since they have no summer time.
 */
export const isTimeZone = (name: string): boolean =>
  name.length <= 64 && PLACE.test(name) && findWallClock(name) !== undefined

/** @param name accepted by `isTimeZone` @returns it in the case of the database; an alias stays as written */
export function canonicalTimeZone(name: string): string {
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
  return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name
}

/** Formats unix ms as local time: `2026-01-31T12:00:00`. */
type WallClock = (ms: number) => string

/** Room for every zone, and for invalid names (`undefined`): creating a formatter takes far longer than using it. */
const clockCache = new LRUCache<string, { clock: WallClock | undefined }>({ max: 1_000 })

/** The local time in a zone; undefined for a name that this system does not know. */
export function findWallClock(zone: string): WallClock | undefined {
  const cached = clockCache.get(zone)
  if (cached !== undefined) return cached.clock
  const clock = createWallClock(zone)
  clockCache.set(zone, { clock })
  return clock
}

/** @throws {RangeError} for a name that this system does not know */
export function requireWallClock(zone: string): WallClock {
  const clock = findWallClock(zone)
  if (clock === undefined) throw new RangeError('this system does not know the time zone')
  return clock
}

function createWallClock(timeZone: string): WallClock | undefined {
  try {
    // The Swedish format is nearly ISO 8601.
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      ...({ year: 'numeric', month: '2-digit', day: '2-digit' } as const),
      ...({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const),
    })
    return (ms) => format.format(ms).replace(' ', 'T')
  } catch {
    return undefined
  }
}
