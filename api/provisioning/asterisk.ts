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

/** As they are taken away: first what lets calls through. */
const REMOVAL_ORDER: readonly PjsipObjectType[] = ['endpoint', 'aor', 'auth']

/**
 * SIP extensions of a plain Asterisk, 16 or later, through ARI: they are kept in its astdb, beside those of
 * pjsip.conf, which are never touched. Needs docs/asterisk/{ari,http,sorcery}.conf. The dialplan has to reach
 * them by a pattern, as `exten => _1XXX,1,Dial(PJSIP/${EXTEN})`, and their hints as well: none is made here.
 *
 * With an extension go the registrations of its phones, calls go on. Two that make the same extension at once
 * for different marks are not kept apart: whoever hands out numbers does that.
 * @throws {Error} for settings that Asterisk must not see
 */
export function createAsteriskProvisioner(
  needs: AsteriskNeeds,
): Provisioner & { webrtcCredentials: CredentialProvisioner; close(): Promise<void> } {
  const { phones, timeouts: overrides, ...access } = needs
  const timeouts = { ...DEFAULT_PBX_TIMEOUTS, ...overrides }
  validatePhoneOptions(phones)
  const ari = createAriClient(access, timeouts)

  /** @throws {ProvisioningError} `taken` where it is not of this mark */
  async function find(type: PjsipObjectType, extension: string, mark: string, signal: AbortSignal) {
    const found = await ari.read(type, extension, signal)
    if (found !== undefined && found[OWNERSHIP_OPTION] !== mark) throw takenError()
    return found
  }

  return {
    name: 'asterisk',
    async provision(order) {
      const objects = buildPjsipObjects(order, phones)
      const { extension, secret, ownershipTag } = order
      const signal = AbortSignal.timeout(timeouts.callMs)
      for (const [type] of objects) await find(type, extension, ownershipTag, signal)
      for (const [type, fields] of objects) {
        await ari.write(type, extension, fields, signal)
        // Its word that it did is not enough for making the next one.
        const made = await find(type, extension, ownershipTag, signal)
        if (made === undefined || made.password !== fields.password)
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
