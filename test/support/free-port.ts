import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** A TCP port of loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/**
 * A port, free for TCP and UDP, below those that the system gives to connections: no other process gets it by chance
 * before a program that takes its time to start has it.
 */
export async function freeLowPort(): Promise<number> {
  for (;;) {
    // Above the media of phones: see bin/stack/phone-conf.ts.
    const port = 19_000 + Math.floor(Math.random() * 13_000)
    if ((await canBindTcp(port)) && (await canBindUdp(port))) return port
  }
}

const canBindTcp = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

const canBindUdp = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => resolve(false))
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)))
  })
