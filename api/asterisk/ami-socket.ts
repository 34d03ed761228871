import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** Where a PBX listens for AMI. Without `tls` everything is readable on the way: for loopback only. */
export interface AmiSocketOptions {
  host: string
  port: number
  tls?: {
    /** PEM of who signed the PBX's certificate, where the system does not know them. */
    ca?: string
    /** False takes any certificate: hidden from listeners, open to who stands in between. */
    rejectUnauthorized?: boolean
  }
}

/** @returns what opens one new connection each time it is called */
export function createAmiSocketFactory({ host, port, tls }: AmiSocketOptions): () => Socket {
  return () => {
    const socket =
      tls === undefined
        ? connectTcp({ host, port })
        : // An address may not be asked for by name (RFC 6066 §3); the certificate is compared with it all the same.
          connectTls({ host, port, rejectUnauthorized: true, ...tls, servername: isIP(host) ? '' : host })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 30_000)
    return socket
  }
}
