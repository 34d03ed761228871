/** @param seconds Unix time */
export const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()
export const isoOrNull = (seconds: number | null): string | null => (seconds === null ? null : iso(seconds))
