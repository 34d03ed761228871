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
 * Adds a second `auth` with the same user name to an endpoint: Asterisk 22 accepts the password of any of them. An
 * endpoint that lists a deleted auth answers every request with 500, so an auth is created before it is listed and
 * deleted after it is unlisted.
 *
 * An aor is never written here: Asterisk would then keep its current registrations for ever.
 */
export function createAsteriskWebrtcCredentials(ari: AriClient): CredentialProvisioner {
  /** @returns the auths of our endpoint; undefined without an endpoint */
  async function readAuths(
    extension: string,
    ownershipTag: string,
    signal: AbortSignal,
  ): Promise<string[] | undefined> {
    const endpoint = await ari.read('endpoint', extension, signal)
    if (endpoint === undefined) return undefined
    if (endpoint[OWNERSHIP_OPTION] !== ownershipTag) throw takenError()
    return authNames(endpoint)
  }

  async function writeAuths(
    extension: string,
    ownershipTag: string,
    auths: readonly string[],
    signal: AbortSignal,
  ) {
    const expected = auths.join(',')
    await ari.write('endpoint', extension, { auth: expected }, signal)
    if ((await readAuths(extension, ownershipTag, signal))?.join(',') !== expected) {
      throw unconfirmedError('does not show the auths it took')
    }
  }

  async function removeBrowserContacts(extension: string, signal: AbortSignal): Promise<void> {
    // `contact` also lists the registered contacts.
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

    async remove({ extension, ownershipTag }, id, disconnectBrowsers) {
      validateAuthId(extension, id)
      const signal = AbortSignal.timeout(CREDENTIAL_TIMEOUT_MS)
      const endpoint = await ari.read('endpoint', extension, signal)
      // The number may not be ours any more, but our auth is still deleted.
      const isOurs = endpoint?.[OWNERSHIP_OPTION] === ownershipTag
      const auths = isOurs ? authNames(endpoint) : []
      const others = auths.filter((one) => one !== id)
      if (others.length < auths.length) await writeAuths(extension, ownershipTag, others, signal)
      if ((await ari.read('auth', id, signal))?.[OWNERSHIP_OPTION] === ownershipTag) {
        await ari.remove('auth', id, signal)
        if ((await ari.read('auth', id, signal)) !== undefined) throw unconfirmedError('still shows the auth')
      }
      if (disconnectBrowsers && isOurs) await removeBrowserContacts(extension, signal)
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
    throw new ProvisioningError('refused', 'this is not an id of WebRTC credentials')
  }
}
