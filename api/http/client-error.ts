import type { Duplex } from 'node:stream'

/**
 * For the HTTP server's `clientError`: a header with control characters, or one that is too large, which nginx passes
 * on. Node would answer without words; nginx says in those of the path's surface that it is a bad request, as it does
 * for what it cannot read itself: see nginx/error-responses.conf.
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
