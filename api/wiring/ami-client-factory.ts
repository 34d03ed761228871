import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Logger } from '../../runtime/log.ts'
import { type AmiClient, createAmiClient } from '../asterisk/ami-client.ts'
import { createAmiSocketFactory } from '../asterisk/ami-socket.ts'
import { startTimer } from '../asterisk/timer.ts'
import type { AmiAddress, PbxConfig } from '../config/pbx.ts'

/** Creates the connection of one AMI user. */
export type AmiClientFactory = (
  login: PbxConfig['events'],
  /** Event classes of the action Login: `system,call,cdr`, or `off`. */
  events: string,
  /** Whether to be up only after Asterisk has booted; see `AmiLogin`. */
  waitForBoot: boolean,
) => AmiClient

/** @throws {Error} if the certificate file cannot be read */
export function createAmiClientFactory(
  { host, port, tls, tlsCaPath }: AmiAddress,
  log: Logger,
): AmiClientFactory {
  const ca = tlsCaPath === undefined ? {} : { ca: readFileSync(tlsCaPath, 'utf8') }
  const connect = createAmiSocketFactory({ host, port, ...(tls ? { tls: ca } : {}) })
  return (login, events, waitForBoot) =>
    createAmiClient({
      connect,
      login: { ...login, events, waitForBoot },
      instance: 'hookswitch',
      nonce: () => randomBytes(8).toString('hex'),
      random: Math.random,
      startTimer,
      onError: (event, message, err) => log.warn({ event, user: login.username, err }, message),
    })
}
