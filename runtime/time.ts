/** A day, in seconds. */
export const DAY_S = 86_400

/** @returns whole seconds since 1970 (`NumericDate`, RFC 7519 §2) of a time in ms, rounded down */
export const toUnixSeconds = (ms: number): number => Math.floor(ms / 1000)
