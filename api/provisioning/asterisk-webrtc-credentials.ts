import { createHash } from 'node:crypto'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import {
  CREDENTIAL_TIMEOUT_MS,
  type CredentialProvisioner,
} from '../core/provisioning/webrtc-credential-provisioner.ts'
import type { AriClient } from './ari-client.ts'
import { OWNERSHIP_OPTION, type PjsipFields, takenError, unconfirmedError } from './pjsip-objects.ts'
import { validateExtension } from './validate-extension.ts'

/**
 * Lends an endpoint a second `auth` of the same user name: Asterisk 22 lets those in who know the password of any,
 * and phones need to know one name only. An endpoint that lists an auth that is gone answers everybody with 500,
 * so an auth is written before it is listed, and is listed no more before it goes.
 *
 * An aor is never written here: Asterisk would keep the phones that are registered for good.
 */
export function createAsteriskWebrtcCredentials(ari: AriClient): CredentialProvisioner {
  /** @returns the auths of our endpoint; undefined where it is no more */
  async function readAuths(
    extension: string,
    mark: string,
    signal: AbortSignal,
  ): Promise<string[] | undefined> {
    const endpoint = await ari.read('endpoint', extension, signal)
    if (endpoint === undefined) return undefined
    if (endpoint[OWNERSHIP_OPTION] !== mark) throw takenError()
    return authNames(endpoint)
  }

  async function writeAuths(extension: string, mark: string, auths: readonly string[], signal: AbortSignal) {
    const expected = auths.join(',')
    await ari.write('endpoint', extension, { auth: expected }, signal)
    if ((await readAuths(extension, mark, signal))?.join(',') !== expected) {
      throw unconfirmedError('does not show the auths it took')
    }
  }

  async function removeBrowserContacts(extension: string, signal: AbortSignal): Promise<void> {
    // It shows those that are registered, too.
    const { contact = '' } = (await ari.read('aor', extension, signal)) ?? {}
    for (const uri of contact.split(',').filter((one) => /;transport=wss?(;|$)/i.test(one))) {
      await ari.remove('contact', `${extension};@${createHash('md5').update(uri).digest('hex')}`, signal)
    }
  }

  return {
    async add({ extension, ownershipTag }, { id, secret }) {
      validateAuthId(extension, id)
      const signal = AbortSignal.timeout(CREDENTIAL_TIMEOUT_MS)
      const auths = await readAuths(extension, ownershipTag, signal)
      if (auths === undefined) throw takenError()
      const fields: PjsipFields = { [OWNERSHIP_OPTION]: ownershipTag, username: extension, password: secret }
      await ari.write('auth', id, fields, signal)
      if ((await ari.read('auth', id, signal))?.password !== secret) {
        throw unconfirmedError('does not show the auth it took')
      }
      await writeAuths(extension, ownershipTag, [...auths.filter((one) => one !== id), id], signal)
    },

    async remove({ extension, ownershipTag }, id, cutsBrowsers) {
      validateAuthId(extension, id)
      const signal = AbortSignal.timeout(CREDENTIAL_TIMEOUT_MS)
      const endpoint = await ari.read('endpoint', extension, signal)
      // The number may be somebody else's by now: what we lent for it goes all the same.
      const isOurs = endpoint?.[OWNERSHIP_OPTION] === ownershipTag
      const auths = isOurs ? authNames(endpoint) : []
      const left = auths.filter((one) => one !== id)
      if (left.length < auths.length) await writeAuths(extension, ownershipTag, left, signal)
      if ((await ari.read('auth', id, signal))?.[OWNERSHIP_OPTION] === ownershipTag) {
        await ari.remove('auth', id, signal)
        if ((await ari.read('auth', id, signal)) !== undefined) throw unconfirmedError('still shows the auth')
      }
      if (cutsBrowsers && isOurs) await removeBrowserContacts(extension, signal)
    },
  }
}

const authNames = ({ auth = '' }: PjsipFields): string[] =>
  auth
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')

/** @throws {ProvisioningError} `refused` */
function validateAuthId(extension: string, id: string): void {
  validateExtension(extension)
  if (!id.startsWith(`${extension}-w-`) || !/^[0-9a-f-]{1,40}$/.test(id.slice(`${extension}-w-`.length))) {
    throw new ProvisioningError('refused', 'this is not the name of a loan')
  }
}
