import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Logger } from '../../runtime/log.ts'
import { type AmiTransport, createAmiTransport } from '../asterisk/ami-client.ts'
import { createDialer } from '../asterisk/ami-socket.ts'
import { after } from '../asterisk/timer.ts'
import type { AmiPlace, PbxConfig } from '../config/pbx.ts'

/** A link to the PBX for one AMI user. */
export type AmiOpener = (
  login: PbxConfig['events'],
  /** As the action Login takes them: `system,call,cdr`, or `off`. */
  events: string,
  /** Whether to count as up only once Asterisk has booted; see `AmiLogin`. */
  awaitsBoot: boolean,
) => AmiTransport

/** @throws {Error} where the file of the certificate cannot be read */
export function createAmiOpener({ host, port, tls, tlsCaPath }: AmiPlace, log: Logger): AmiOpener {
  const ca = tlsCaPath === undefined ? {} : { ca: readFileSync(tlsCaPath, 'utf8') }
  const connect = createDialer({ host, port, ...(tls ? { tls: ca } : {}) })
  return (login, events, awaitsBoot) =>
    createAmiTransport({
      connect,
      login: { ...login, events, awaitsBoot },
      instance: 'hookswitch',
      nonce: () => randomBytes(8).toString('hex'),
      random: Math.random,
      after,
      onTrouble: (what, why) => log.warn({ event: 'ami', user: login.username, what, why }, what),
    })
}
