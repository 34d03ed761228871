import { createHash } from 'node:crypto'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { toWebEndpoint } from '../core/provisioning/web-endpoint.ts'
import {
  CREDENTIAL_TIMEOUT_MS,
  type CredentialProvisioner,
} from '../core/provisioning/webrtc-credential-provisioner.ts'
import type { AriClient } from './ari-client.ts'
import { createOwnObjects } from './own-objects.ts'
import {
  buildWebObjects,
  OWNERSHIP_OPTION,
  type PjsipFields,
  takenError,
  unconfirmedError,
  type WebEndpointOptions,
} from './pjsip-objects.ts'
import { validateExtension } from './validate-extension.ts'

/**
 * Adds an `auth` with the same user name to the endpoint of an extension's browsers: Asterisk 22 accepts the password
 * of any of them. An endpoint that lists a deleted auth answers every request with 500, so an auth is created before
 * it is listed and deleted after it is unlisted. The desk phone's endpoint is never changed, except that an earlier
 * version has lent auths of it, which are removed.
 *
 * An aor is never written after its creation: Asterisk would then keep its current registrations for ever.
 */
export function createAsteriskWebrtcCredentials(
  ari: AriClient,
  web: WebEndpointOptions,
): CredentialProvisioner {
  const own = createOwnObjects(ari)

  /** An extension that an earlier version created has no endpoint for browsers yet. */
  async function createWebEndpoint(extension: string, ownershipTag: string, signal: AbortSignal) {
    const phone = await own.find('endpoint', extension, ownershipTag, signal)
    if (phone === undefined) throw takenError()
    const objects = buildWebObjects({ extension, ownershipTag, callerId: phone.callerid ?? '' }, web)
    for (const { type, id } of objects) await own.find(type, id, ownershipTag, signal)
    await own.write(objects, ownershipTag, signal)
  }

  async function writeAuths(
    id: string,
    ownershipTag: string,
    auths: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const expected = auths.join(',')
    await ari.write('endpoint', id, { auth: expected }, signal)
    const written = await own.find('endpoint', id, ownershipTag, signal)
    if (written === undefined || authNames(written).join(',') !== expected) {
      throw unconfirmedError('does not show the auths it took')
    }
  }

  /** @returns whether the endpoint is ours */
  async function unlist(id: string, ownershipTag: string, auth: string, signal: AbortSignal) {
    const endpoint = await ari.read('endpoint', id, signal)
    // The number may not be ours any more.
    if (endpoint?.[OWNERSHIP_OPTION] !== ownershipTag) return false
    const auths = authNames(endpoint)
    const others = auths.filter((one) => one !== auth)
    if (others.length < auths.length) await writeAuths(id, ownershipTag, others, signal)
    return true
  }

  async function removeContacts(id: string, signal: AbortSignal): Promise<void> {
    // `contact` also lists the registered contacts.
    const { contact = '' } = (await ari.read('aor', id, signal)) ?? {}
    for (const uri of contact.split(',').filter((one) => one !== '')) {
      await ari.remove('contact', `${id};@${createHash('md5').update(uri).digest('hex')}`, signal)
    }
  }

  return {
    usernameOf: (extension) => toWebEndpoint(web.template, extension),

    async add({ extension, ownershipTag }, { id, secret }) {
      validateAuthId(extension, id)
      const endpoint = toWebEndpoint(web.template, extension)
      const signal = AbortSignal.timeout(CREDENTIAL_TIMEOUT_MS)
      if ((await own.find('endpoint', endpoint, ownershipTag, signal)) === undefined) {
        await createWebEndpoint(extension, ownershipTag, signal)
      }
      const fields: PjsipFields = { [OWNERSHIP_OPTION]: ownershipTag, username: endpoint, password: secret }
      await own.write([{ type: 'auth', id, fields }], ownershipTag, signal)
      const auths = authNames((await own.find('endpoint', endpoint, ownershipTag, signal)) ?? {})
      await writeAuths(endpoint, ownershipTag, [...auths.filter((one) => one !== id), id], signal)
    },

    async remove({ extension, ownershipTag }, id, disconnectBrowsers) {
      validateAuthId(extension, id)
      const endpoint = toWebEndpoint(web.template, extension)
      const signal = AbortSignal.timeout(CREDENTIAL_TIMEOUT_MS)
      await unlist(extension, ownershipTag, id, signal)
      const isOurs = await unlist(endpoint, ownershipTag, id, signal)
      if ((await ari.read('auth', id, signal))?.[OWNERSHIP_OPTION] === ownershipTag) {
        await ari.remove('auth', id, signal)
        if ((await ari.read('auth', id, signal)) !== undefined) throw unconfirmedError('still shows the auth')
      }
      if (disconnectBrowsers && isOurs) await removeContacts(endpoint, signal)
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
