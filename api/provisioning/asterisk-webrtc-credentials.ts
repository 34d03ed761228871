import { createHash } from 'node:crypto'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { LENDING_MS, type Lender } from '../core/provisioning/webrtc-credential-provisioner.ts'
import type { AriObjects } from './ari-client.ts'
import { type Fields, MARK, taken, unconfirmed } from './pjsip-objects.ts'
import { checkExtension } from './validate-extension.ts'

/**
 * Lends an endpoint a second `auth` of the same user name: Asterisk 22 lets those in who know the password of any,
 * and phones need to know one name only. An endpoint that lists an auth that is gone answers everybody with 500,
 * so an auth is written before it is listed, and is listed no more before it goes.
 *
 * An aor is never written here: Asterisk would keep the phones that are registered for good.
 */
export function createAsteriskLender(ari: AriObjects): Lender {
  /** @returns the auths of our endpoint; undefined where it is no more */
  async function listed(extension: string, mark: string, signal: AbortSignal): Promise<string[] | undefined> {
    const endpoint = await ari.read('endpoint', extension, signal)
    if (endpoint === undefined) return undefined
    if (endpoint[MARK] !== mark) throw taken()
    return namesIn(endpoint)
  }

  async function list(extension: string, mark: string, auths: readonly string[], signal: AbortSignal) {
    const wanted = auths.join(',')
    await ari.write('endpoint', extension, { auth: wanted }, signal)
    if ((await listed(extension, mark, signal))?.join(',') !== wanted) {
      throw unconfirmed('does not show the auths it took')
    }
  }

  async function cutBrowsers(extension: string, signal: AbortSignal): Promise<void> {
    // It shows those that are registered, too.
    const { contact = '' } = (await ari.read('aor', extension, signal)) ?? {}
    for (const uri of contact.split(',').filter((one) => /;transport=wss?(;|$)/i.test(one))) {
      await ari.remove('contact', `${extension};@${createHash('md5').update(uri).digest('hex')}`, signal)
    }
  }

  return {
    async lend({ extension, mark }, { id, secret }) {
      checkId(extension, id)
      const signal = AbortSignal.timeout(LENDING_MS)
      const auths = await listed(extension, mark, signal)
      if (auths === undefined) throw taken()
      const fields: Fields = { [MARK]: mark, username: extension, password: secret }
      await ari.write('auth', id, fields, signal)
      if ((await ari.read('auth', id, signal))?.password !== secret) {
        throw unconfirmed('does not show the auth it took')
      }
      await list(extension, mark, [...auths.filter((one) => one !== id), id], signal)
    },

    async takeBack({ extension, mark }, id, cutsBrowsers) {
      checkId(extension, id)
      const signal = AbortSignal.timeout(LENDING_MS)
      const endpoint = await ari.read('endpoint', extension, signal)
      // The number may be somebody else's by now: what we lent for it goes all the same.
      const isOurs = endpoint?.[MARK] === mark
      const auths = isOurs ? namesIn(endpoint) : []
      const left = auths.filter((one) => one !== id)
      if (left.length < auths.length) await list(extension, mark, left, signal)
      if ((await ari.read('auth', id, signal))?.[MARK] === mark) {
        await ari.remove('auth', id, signal)
        if ((await ari.read('auth', id, signal)) !== undefined) throw unconfirmed('still shows the auth')
      }
      if (cutsBrowsers && isOurs) await cutBrowsers(extension, signal)
    },
  }
}

const namesIn = ({ auth = '' }: Fields): string[] =>
  auth
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')

/** @throws {ProvisioningError} `refused` */
function checkId(extension: string, id: string): void {
  checkExtension(extension)
  if (!id.startsWith(`${extension}-w-`) || !/^[0-9a-f-]{1,40}$/.test(id.slice(`${extension}-w-`.length))) {
    throw new ProvisioningError('refused', 'this is not the name of a loan')
  }
}
