import { connect, type Socket } from 'node:net'
import { MEDIA_FILE } from './testbed.ts'

/** Asks one sidecar what nginx would ask, over one kept connection. */
export interface GateClient {
  /** The status of `/check-media-access`. One question at a time. */
  check(token: string): Promise<number>
  close(): void
}

/**
 * Not an HTTP client: asking must cost this process little, or it takes the CPU from what it measures.
 * Verdicts have no body, so a blank line ends each.
 */
export async function connectGateClient(socketPath: string): Promise<GateClient> {
  const socket: Socket = connect(socketPath)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve()).once('error', reject)
  })
  let answered: (status: number) => void = () => {}
  let failed: (err: Error) => void = () => {}
  let buffer = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    buffer += text
    if (!buffer.endsWith('\r\n\r\n')) return
    const status = Number(buffer.slice(9, 12))
    buffer = ''
    answered(status)
  })
  socket.on('error', (err) => failed(err))
  socket.on('close', () => failed(new Error('the sidecar hung up')))
  return {
    check: (token) =>
      new Promise((resolve, reject) => {
        answered = resolve
        failed = reject
        socket.write(
          `GET /check-media-access HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer ${token}\r\nX-Hs-Request-Id: 0123456789abcdef0123456789abcdef\r\nX-Hs-Target: GET ${MEDIA_FILE}\r\n\r\n`,
        )
      }),
    close: () => socket.destroy(),
  }
}
