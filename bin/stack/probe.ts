import { request } from 'node:http'
import { createServer } from 'node:net'
import { createTokens, newId } from '../../api/core/tokens.ts'
import type { Algorithm, Keyring } from '../../contract/keys.ts'
import { SetupError } from '../system/setup-error.ts'

/** The status of a GET over TCP or a Unix socket. */
export function statusOf(
  where: { host: string; port: number } | { socketPath: string },
  path: string,
  headers: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const req = request({ ...where, path, headers, timeout: 2_000 }, (res) => {
      res.resume()
      resolve(res.statusCode ?? 0)
    })
    req.once('timeout', () => req.destroy(new Error('no answer')))
    req.once('error', reject)
    req.end()
  })
}

/**
 * Whether a request with a token passes the gate and one without does not: nginx, sidecar, keys and
 * revocations all did their part. The file is one that does not exist, so 404 is the gate's yes.
 */
export async function passesGate(
  where: { host: string; port: number },
  keyring: Keyring,
  algorithm: Algorithm,
): Promise<boolean> {
  const tokens = createTokens({ keyring, algorithm, now: Date.now, issuingSince: () => 0 })
  const subject = { sub: '0', sid: newId(), gen: 0, role: 'supervisor' } as const
  const token = await tokens.issue('access', subject, Math.floor(Date.now() / 1000) + 30)
  const path = '/media/hookswitch/probe'
  const [withToken, without, ready] = await Promise.all([
    statusOf(where, path, { Authorization: `Bearer ${token}` }),
    statusOf(where, path),
    statusOf(where, '/ready'),
  ])
  return withToken === 404 && without === 401 && ready === 200
}

/** @throws {SetupError} when somebody listens there already */
export function mustBeFree(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (err: NodeJS.ErrnoException) => {
      const why =
        err.code === 'EADDRINUSE'
          ? `port ${port} of ${host} is taken: stop what listens there, or set HOOKSWITCH_PORT to a free one`
          : err.code === 'EACCES'
            ? `port ${port} needs more rights: set HOOKSWITCH_PORT to 1024 or above`
            : `cannot listen on ${host}: set HOOKSWITCH_HOST to an address of this machine (${err.code})`
      reject(new SetupError(why))
    })
    server.listen(port, host, () => server.close(() => resolve()))
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
