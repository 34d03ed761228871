import type { Duplex } from 'node:stream'

/**
 * Handles the HTTP server's `clientError`: nginx forwarded a header with control characters, or one that is too large.
 * Node would send an empty 400; the redirect makes nginx send a 400 in the format of the path's surface, as it does for
 * requests that it cannot parse itself: see nginx/error-responses.conf.
 */
export function handleClientError(err: NodeJS.ErrnoException, socket: Duplex): void {
  if (err.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  socket.end(
    'HTTP/1.1 400 Bad Request\r\nX-Accel-Redirect: /_unreadable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
  )
}
