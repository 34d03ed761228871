import { requireWallClock } from './time-zone.ts'

const DAY_MS = 86_400_000

/** Whether a local time is in the years 1970 to 2999: formats of time zones have no years before 1. */
export const isLocalYear = (local: string): boolean => /^(?:19[7-9]|2\d\d)\d-/.test(local)

/**
 * Reads a local time as RFC 5545 §3.3.5 does: a time that clocks skip is read with the offset before, and of a time
 * that comes twice the first counts.
 *
 * @param local `2026-12-01T10:00`, a day and a time that exist
 * @param zone validated IANA name: see `isTimeZone`
 * @returns unix seconds
 */
export function fromLocalTime(local: string, zone: string): number {
  const clock = requireWallClock(zone)
  const asUtc = Date.parse(`${local}Z`)
  const offsetAt = (ms: number) => Date.parse(`${clock(ms)}Z`) - ms
  // No zone is further than a day from UTC, and none changes its clocks twice within two days.
  const before = asUtc - offsetAt(asUtc - DAY_MS)
  const after = asUtc - offsetAt(asUtc + DAY_MS)
  const isRead = (ms: number) => ms + offsetAt(ms) === asUtc
  return (isRead(before) || !isRead(after) ? before : after) / 1_000
}

/** @param at unix seconds @returns `2026-12-01T10:00` */
export const toLocalTime = (at: number, zone: string): string =>
  requireWallClock(zone)(at * 1_000).slice(0, 16)
