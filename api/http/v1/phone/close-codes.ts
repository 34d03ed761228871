/**
 * Close codes of the phone's socket: 1008 "policy violation" is of RFC 6455, 1012 "service restart" and 1013 "try again
 * later" are of the IANA registry; 44xx are this project's. See docs/browsers.md.
 */
export const CLOSE_CODES = {
  misuse: 1008,
  restart: 1012,
  tryAgain: 1013,
  sessionOver: 4401,
  tooMany: 4429,
} as const
