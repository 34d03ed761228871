/** @param seconds Unix seconds. @returns ISO 8601 in UTC, with milliseconds */
export const toIsoTime = (seconds: number): string => new Date(seconds * 1000).toISOString()
