import { existsSync, unlinkSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'

/** How many connections may wait to be accepted; the kernel may allow fewer (net.core.somaxconn). */
const BACKLOG = 4_096

/**
 * Listens on a Unix socket that only this user can open. Replaces a socket that a killed process left.
 * @throws when another process listens on it
 */
export async function listenOn(server: Server, path: string): Promise<void> {
  if (existsSync(path)) {
    if (await isListening(path)) throw new Error(`${path} is in use: another process answers on it`)
    unlinkSync(path)
  }
  const umask = process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ path, backlog: BACKLOG }, resolve)
    })
  } finally {
    process.umask(umask)
  }
}

/** Whether something accepts connections on a Unix socket. */
export function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
