import type { WebSocket } from 'ws'

/** Ends a WebSocket within a bounded time, whatever its peer does. */
export interface SocketClosing {
  /** Sends a close frame, and terminates the connection if the peer does not answer it in time. */
  close(code: number, reason: string): void
  /** For a peer to which `ws` itself sends the close frame. */
  terminateLater(): void
  terminate(): void
  /** Closes for a newer socket; one that is closing already gets no more time. */
  evict(code: number, reason: string): void
  isClosing(): boolean
}

/** @param closeTimeoutMs how long the peer may take to answer our close frame */
export function createSocketClosing(ws: WebSocket, closeTimeoutMs: number): SocketClosing {
  let isClosing = false
  function terminate(): void {
    isClosing = true
    ws.terminate()
  }
  function terminateLater(): void {
    isClosing = true
    setTimeout(() => ws.terminate(), closeTimeoutMs).unref()
  }
  function close(code: number, reason: string): void {
    if (isClosing) return
    ws.close(code, reason)
    terminateLater()
  }
  return {
    close,
    terminate,
    terminateLater,
    evict(code, reason) {
      if (isClosing) ws.terminate()
      else close(code, reason)
    },
    isClosing: () => isClosing,
  }
}
