/**
 * Close codes of `/ws`: 1001 "going away" and 1008 "policy violation" are of RFC 6455, 1013 "try again later" of the IANA
 * registry; 44xx are this project's. See docs/surfaces/voip.md.
 */
export const CLOSE_CODES = { goingAway: 1001, policy: 1008, tryAgain: 1013, sessionOver: 4401 } as const
