import type { Provisioner } from '../core/provisioning/provisioner.ts'
import { toWebEndpoint } from '../core/provisioning/web-endpoint.ts'
import type { CredentialProvisioner } from '../core/provisioning/webrtc-credential-provisioner.ts'
import { type AriAccess, createAriClient } from './ari-client.ts'
import { createAsteriskWebrtcCredentials } from './asterisk-webrtc-credentials.ts'
import { createOwnObjects } from './own-objects.ts'
import {
  type AsteriskPhoneOptions,
  buildCallerId,
  buildPjsipObjects,
  buildWebObjects,
  type PjsipFields,
  type PjsipObject,
  type PjsipObjectType,
  unconfirmedError,
  validatePhoneOptions,
} from './pjsip-objects.ts'
import { DEFAULT_PBX_TIMEOUTS, type PbxTimeouts } from './timeouts.ts'
import { validateExtension } from './validate-extension.ts'

export interface AsteriskNeeds extends AriAccess {
  phones: AsteriskPhoneOptions
  timeouts?: Partial<PbxTimeouts>
}

/** The endpoint first, as it lets calls through. */
const REMOVAL_ORDER: readonly PjsipObjectType[] = ['endpoint', 'aor', 'auth']

/**
 * SIP extensions of a plain Asterisk, 16 or later, through ARI: for each the endpoint of a desk phone, and one for
 * browsers. Asterisk stores them in astdb; pjsip.conf is never
 * changed. Needs docs/asterisk/{ari,http,sorcery}.conf. The dialplan must reach them by a pattern such as
 * `exten => _1XXX,1,Dial(PJSIP/${EXTEN})`, and define their hints: ARI creates none.
 *
 * Removing an extension ends the registrations of its phones, but not their calls. The caller must not provision one
 * number with two ownership tags at the same time.
 * @throws {Error} for invalid settings
 */
export function createAsteriskProvisioner(
  needs: AsteriskNeeds,
): Provisioner & { webrtcCredentials: CredentialProvisioner; close(): Promise<void> } {
  const { phones, timeouts: overrides, ...access } = needs
  const timeouts = { ...DEFAULT_PBX_TIMEOUTS, ...overrides }
  validatePhoneOptions(phones)
  const ari = createAriClient(access, timeouts)

  const { find, write } = createOwnObjects(ari)

  return {
    name: 'asterisk',
    async provision(spec) {
      const { extension, secret, ownershipTag } = spec
      const signal = AbortSignal.timeout(timeouts.callMs)
      const objects = [
        ...buildPjsipObjects(spec, phones),
        ...buildWebObjects({ extension, ownershipTag, callerId: buildCallerId(spec) }, phones.web),
      ]
      const toWrite: PjsipObject[] = []
      for (const { type, id, fields } of objects) {
        const found = await find(type, id, ownershipTag, signal)
        // A second write of an aor would make its registrations permanent.
        if (type === 'aor' && found !== undefined && hasAll(found, fields)) continue
        const { auth, password } = found ?? {}
        toWrite.push({
          type,
          id,
          fields: {
            ...fields,
            // Browsers may be registered with further auths of their endpoint.
            ...(auth !== undefined && { auth }),
            ...(password !== undefined && id !== extension && { password }),
          },
        })
      }
      await write(toWrite, ownershipTag, signal)
      return { extension, authUsername: extension, secret }
    },
    async remove(extension, { ownershipTag }) {
      validateExtension(extension)
      const signal = AbortSignal.timeout(timeouts.callMs)
      const objects = [toWebEndpoint(phones.web.template, extension), extension].flatMap((id) =>
        REMOVAL_ORDER.map((type) => ({ type, id })),
      )
      for (const { type, id } of objects) await find(type, id, ownershipTag, signal)
      for (const { type, id } of objects) {
        await ari.remove(type, id, signal)
        if ((await find(type, id, ownershipTag, signal)) !== undefined)
          throw unconfirmedError(`still shows the ${type}`)
      }
    },
    webrtcCredentials: createAsteriskWebrtcCredentials(ari, phones.web),
    close: () => ari.close(),
  }
}

/** @param found as Asterisk shows it: a switch that was written as `yes` may read `true` */
const hasAll = (found: PjsipFields, fields: PjsipFields): boolean =>
  Object.entries(fields).every(
    ([name, value]) => found[name] === value || (value === 'yes' && found[name] === 'true'),
  )
