import { createSocket } from 'node:dgram'
import { type IncomingMessage, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { createServer } from 'node:net'
import { createTokens, newId } from '../../api/core/auth/tokens.ts'
import type { Keyring } from '../../contract/keyring.ts'
import type { Algorithm } from '../../contract/keys.ts'
import { toUnixSeconds } from '../../runtime/time.ts'
import { SetupError } from '../system/setup-error.ts'

export interface TcpAddress {
  host: string
  port: number
  isTls?: boolean
}

/**
 * The status of a GET over TCP or a Unix socket. A certificate is not verified: it names the host that clients use, and
 * this asks an address of this machine.
 */
export function httpStatusOf(
  where: TcpAddress | { socketPath: string },
  path: string,
  headers: Record<string, string> = {},
  timeoutMs = 2_000,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { ...where, path, headers, timeout: timeoutMs, agent: false } as const
    const onResponse = (res: IncomingMessage) => {
      res.resume()
      resolve(res.statusCode ?? 0)
    }
    const req =
      'isTls' in where && where.isTls
        ? secureRequest({ ...options, rejectUnauthorized: false }, onResponse)
        : request(options, onResponse)
    req.once('timeout', () => req.destroy(new Error('no answer')))
    req.once('error', reject)
    req.end()
  })
}

/**
 * Whether a request with a token passes the gate and one without does not: nginx, sidecar, keys and
 * revocations all did their part. The file is one that does not exist, so 404 is the gate's yes.
 */
export async function checkGate(where: TcpAddress, keyring: Keyring, algorithm: Algorithm): Promise<boolean> {
  const tokens = createTokens({ keyring, algorithm, now: Date.now, issuingSince: () => 0 })
  const subject = { sub: '0', sid: newId(), gen: 0, role: 'supervisor' } as const
  const token = await tokens.issue('access', subject, toUnixSeconds(Date.now()) + 30)
  const path = '/media/hookswitch/probe'
  const [withToken, without, ready] = await Promise.all([
    httpStatusOf(where, path, { Authorization: `Bearer ${token}` }),
    httpStatusOf(where, path),
    httpStatusOf(where, '/ready'),
  ])
  return withToken === 404 && without === 401 && ready === 200
}

/**
 * @param setting the one that names another port
 * @throws {SetupError} when another process listens there already
 */
export async function requireFreePort(
  host: string,
  port: number,
  setting = 'HOOKSWITCH_PORT',
  protocols: readonly ('tcp' | 'udp')[] = ['tcp'],
): Promise<void> {
  for (const protocol of protocols) {
    const code = await listenErrorCode(protocol, host, port)
    if (code === undefined) continue
    const why =
      code === 'EADDRINUSE'
        ? `port ${port} of ${host} is taken: stop what listens there, or set ${setting} to a free one`
        : code === 'EACCES'
          ? `port ${port} needs more rights: set ${setting} to 1024 or above`
          : `cannot listen on ${host}: set HOOKSWITCH_HOST to an address of this machine (${code})`
    throw new SetupError(why)
  }
}

/** Why nothing can listen there. */
function listenErrorCode(protocol: 'tcp' | 'udp', host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const refused = (err: NodeJS.ErrnoException) => resolve(err.code ?? err.message)
    if (protocol === 'tcp') {
      const server = createServer().once('error', refused)
      server.listen(port, host, () => server.close(() => resolve(undefined)))
    } else {
      const socket = createSocket('udp4').once('error', refused)
      socket.bind(port, host, () => socket.close(() => resolve(undefined)))
    }
  })
}

/** Whether this machine has an address at all, such as ::1. */
export function canListen(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(0, host, () => server.close(() => resolve(true)))
  })
}
