import type { Provisioner } from '../core/provisioning/provisioner.ts'
import type { CredentialProvisioner } from '../core/provisioning/webrtc-credential-provisioner.ts'
import { type AriAccess, createAriClient } from './ari-client.ts'
import { createAsteriskWebrtcCredentials } from './asterisk-webrtc-credentials.ts'
import {
  type AsteriskPhoneOptions,
  buildPjsipObjects,
  OWNERSHIP_OPTION,
  type PjsipObjectType,
  takenError,
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
 * SIP extensions of a plain Asterisk, 16 or later, through ARI. Asterisk stores them in astdb; pjsip.conf is never
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

  /** @throws {ProvisioningError} `taken` if it has another ownership tag */
  async function find(type: PjsipObjectType, extension: string, ownershipTag: string, signal: AbortSignal) {
    const found = await ari.read(type, extension, signal)
    if (found !== undefined && found[OWNERSHIP_OPTION] !== ownershipTag) throw takenError()
    return found
  }

  return {
    name: 'asterisk',
    async provision(spec) {
      const objects = buildPjsipObjects(spec, phones)
      const { extension, secret, ownershipTag } = spec
      const signal = AbortSignal.timeout(timeouts.callMs)
      for (const [type] of objects) await find(type, extension, ownershipTag, signal)
      for (const [type, fields] of objects) {
        await ari.write(type, extension, fields, signal)
        // Read back before the next object is created.
        const created = await find(type, extension, ownershipTag, signal)
        if (created === undefined || created.password !== fields.password)
          throw unconfirmedError(`does not show the ${type} it took`)
      }
      return { extension, authUsername: extension, secret }
    },
    async remove(extension, { ownershipTag }) {
      validateExtension(extension)
      const signal = AbortSignal.timeout(timeouts.callMs)
      for (const type of REMOVAL_ORDER) await find(type, extension, ownershipTag, signal)
      for (const type of REMOVAL_ORDER) {
        await ari.remove(type, extension, signal)
        if ((await find(type, extension, ownershipTag, signal)) !== undefined)
          throw unconfirmedError(`still shows the ${type}`)
      }
    },
    webrtcCredentials: createAsteriskWebrtcCredentials(ari),
    close: () => ari.close(),
  }
}
