import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** The AMI address of a PBX. Without `tls` the traffic is readable on the network: for loopback only. */
export interface AmiSocketOptions {
  host: string
  port: number
  tls?: {
    /** PEM of the CA of the PBX's certificate, where the system does not trust it. */
    ca?: string
    /** False accepts any certificate: encrypted, but open to a man in the middle. */
    rejectUnauthorized?: boolean
  }
}

/** @returns a function that opens a new connection */
export function createAmiSocketFactory({ host, port, tls }: AmiSocketOptions): () => Socket {
  return () => {
    const socket =
      tls === undefined
        ? connectTcp({ host, port })
        : // SNI takes no IP address (RFC 6066 §3); the certificate is verified against it all the same.
          connectTls({ host, port, rejectUnauthorized: true, ...tls, servername: isIP(host) ? '' : host })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 30_000)
    return socket
  }
}
