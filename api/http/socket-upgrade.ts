import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from '../../runtime/log.ts'
import { Refusal } from '../core/refusal.ts'
import { type ErrorFormat, wwwAuthenticateFor } from './errors.ts'
import { splitUrl } from './socket-handshake.ts'

/** A handler of the HTTP server's `upgrade` event. */
export type UpgradeHandler = (req: IncomingMessage, socket: Duplex, head: Buffer) => void

/**
 * Runs `open`; what it throws is answered as plain HTTP in the surface's format, before the upgrade.
 * @param open upgrades the socket, or throws a `Refusal`
 */
export function createUpgradeHandler(
  open: (...args: Parameters<UpgradeHandler>) => Promise<void>,
  errorFormat: ErrorFormat,
  log: Logger,
): UpgradeHandler {
  return (req, socket, head) => {
    socket.on('error', () => socket.destroy())
    open(req, socket, head).catch((err) => {
      const refusal = err instanceof Refusal ? err : new Refusal('internal', { cause: err })
      if (refusal.code === 'internal') {
        const [path] = splitUrl(req.url ?? '')
        log.error({ event: 'request_failed', path, err }, 'request failed')
      }
      sendRefusal(socket, refusal, errorFormat)
    })
  }
}

/**
 * Chooses the handler of a handshake by its path.
 * @param otherwise answers every other path, with 404
 */
export const routeUpgrades =
  (handlers: ReadonlyMap<string, UpgradeHandler>, otherwise: UpgradeHandler): UpgradeHandler =>
  (req, socket, head) => {
    const [path] = splitUrl(req.url ?? '')
    const handle = handlers.get(path) ?? otherwise
    handle(req, socket, head)
  }

function sendRefusal(socket: Duplex, refusal: Refusal, { table, body, contentType }: ErrorFormat): void {
  const text = table[refusal.code]
  const json = JSON.stringify(body(text, refusal))
  const challenge = wwwAuthenticateFor(text, refusal.code)
  const headers = [
    `HTTP/1.1 ${text.status} ${STATUS_CODES[text.status] ?? ''}`,
    `Content-Type: ${contentType ?? 'application/json'}`,
    `Content-Length: ${Buffer.byteLength(json)}`,
    'Cache-Control: no-store',
    'Referrer-Policy: no-referrer',
    'Connection: close',
    ...(challenge === undefined ? [] : [`WWW-Authenticate: ${challenge}`]),
    ...(refusal.retryAfter === undefined ? [] : [`Retry-After: ${refusal.retryAfter}`]),
  ]
  socket.once('finish', () => socket.destroy())
  socket.end(`${headers.join('\r\n')}\r\n\r\n${json}`)
}
