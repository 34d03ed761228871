/**
 * Close codes of WebSocket streams (RFC 6455 §7.4), each with the reason in its close frame. After 4401 and 1008 the module's client signs in again; after 1012, the registered code
 * for a service restart, it connects again with the same token.
 */
export const CLOSE_CODES = {
  signed_out: [4401, 'the session has ended, or its token has expired'],
  replaced: [4429, 'newer streams of this account took its place'],
  interrupted: [1012, 'the stream was interrupted: connect again'],
  flooded: [1008, 'a stream takes no messages'],
} as const
