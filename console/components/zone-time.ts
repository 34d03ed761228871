const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    },
  })
  formats.set(zone, format)
  return format
}

/** Whether this browser knows a time zone, such as `Europe/Berlin`. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

/** The zone of this computer. */
export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

/**
 * The local time of a moment in a zone, as `2026-12-01T10:00`: the form of `<input type="datetime-local">`.
 * @param moment milliseconds since the epoch
 */
export const toLocalTime = (zone: string, moment: number): string => withSeconds(zone, moment).slice(0, 16)

/**
 * When a zone has a local time, in milliseconds since the epoch. Of a time that comes twice, when clocks are put back,
 * the first.
 * @param local as `2026-12-01T10:00`
 * @returns undefined for a time that the clocks skip, or no time at all
 */
export function fromLocalTime(zone: string, local: string): number | undefined {
  const asUtc = Date.parse(`${local}Z`)
  if (Number.isNaN(asUtc)) return undefined
  // A zone changes its offset at most once in these two days.
  const candidates = [asUtc - DAY_MS, asUtc + DAY_MS].map((moment) => asUtc - offsetAt(zone, moment))
  return candidates.sort((a, b) => a - b).find((moment) => toLocalTime(zone, moment) === local.slice(0, 16))
}

const DAY_MS = 86_400_000

const offsetAt = (zone: string, moment: number) => {
  const whole = Math.floor(moment / 1_000) * 1_000
  return Date.parse(`${withSeconds(zone, whole)}Z`) - whole
}

function withSeconds(zone: string, moment: number): string {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  )
  return `${parts.year?.padStart(4, '0')}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}`
}
