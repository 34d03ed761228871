import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../runtime/log.ts'
import type { AccountSourceConfig } from '../config/account-sync.ts'
import {
  type AccountSource,
  type AccountSourceName,
  type AccountSourceOpener,
  isFileSource,
} from '../core/account-imports/account-source.ts'
import { readCsvPeople } from '../core/account-imports/csv-people.ts'
import { Refusal } from '../core/refusal.ts'
import { createAsteriskSource } from '../provisioning/asterisk-people.ts'
import { createFreepbxSource } from '../provisioning/freepbx-people.ts'
import { createMikopbxSource } from '../provisioning/mikopbx-people.ts'
import { createPjsipSource } from '../provisioning/pjsip-people.ts'
import { createAmiClientFactory } from './ami-client-factory.ts'

/** Asterisk answers a login within this time or not at all. */
const AMI_CONNECT_MS = 10_000

const NEEDED_SETTINGS: Readonly<Record<Exclude<AccountSourceName, 'csv' | 'pjsip'>, string>> = {
  mikopbx:
    'HOOKSWITCH_MIKOPBX_URL and HOOKSWITCH_MIKOPBX_API_KEY, or HOOKSWITCH_MIKOPBX_LOGIN and HOOKSWITCH_MIKOPBX_PASSWORD',
  freepbx: 'HOOKSWITCH_FREEPBX_URL, HOOKSWITCH_FREEPBX_CLIENT_ID and HOOKSWITCH_FREEPBX_CLIENT_SECRET',
  asterisk: 'HOOKSWITCH_AMI_HOST and HOOKSWITCH_AMI_CONFIG_SECRET or HOOKSWITCH_AMI_CONTROL_SECRET',
}

/** Opens the sources of people that the settings describe; each connects only while it is read. */
export function createAccountSourceOpener(
  config: AccountSourceConfig,
  { log, now }: { log: Logger; now: () => number },
): AccountSourceOpener {
  const { templates, freepbx, mikopbx, ami } = config

  const pbxHttp = () => {
    const { caPath, allowSelfSigned } = config.http
    return { ca: caPath === undefined ? undefined : readFileSync(caPath, 'utf8'), allowSelfSigned }
  }

  async function connectAmi({ address, login }: NonNullable<typeof ami>) {
    const client = createAmiClientFactory(address, log)(login, 'off', false)
    client.open()
    const endAt = performance.now() + AMI_CONNECT_MS
    while (client.state().phase === 'connecting' && performance.now() < endAt) await sleep(20)
    if (client.state().phase === 'up') return client
    const { lastDisconnect } = client.state()
    await client.close()
    if (lastDisconnect?.reason === 'login_refused')
      throw new Refusal('conflict', { detail: 'Asterisk does not take the user and secret of AMI' })
    throw new Refusal('unavailable', { detail: 'Asterisk cannot be reached over AMI' })
  }

  const openers: Partial<Record<AccountSourceName, () => AccountSource>> = {
    ...(freepbx && { freepbx: () => createFreepbxSource({ ...pbxHttp(), ...freepbx }, now) }),
    ...(mikopbx && {
      mikopbx: () => createMikopbxSource({ ...pbxHttp(), baseUrl: mikopbx.baseUrl, ...mikopbx.login }, now),
    }),
    ...(ami && { asterisk: () => createAsteriskSource({ connect: () => connectAmi(ami), templates }) }),
  }

  return {
    available: () => Object.keys(openers) as AccountSourceName[], // its keys are these
    open(name, file) {
      if (isFileSource(name)) {
        if (file === undefined) throw new Refusal('input_invalid', { detail: `${name} is read from a file` })
        return name === 'csv'
          ? { name, fetch: () => readCsvPeople(file) }
          : createPjsipSource(file, templates)
      }
      const open = openers[name]
      if (open !== undefined) return open()
      throw new Refusal('input_invalid', {
        detail: `the settings have no address and credentials of ${name}: set ${NEEDED_SETTINGS[name]}`,
      })
    },
  }
}
