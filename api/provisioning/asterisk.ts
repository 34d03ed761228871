import type { Provisioner } from '../core/provisioning/provisioner.ts'
import type { Lender } from '../core/provisioning/webrtc-credential-provisioner.ts'
import { type AriAccess, createAri } from './ari-client.ts'
import { createAsteriskLender } from './asterisk-webrtc-credentials.ts'
import {
  type AsteriskPhones,
  checkPhones,
  MARK,
  type ObjectType,
  objectsOf,
  taken,
  unconfirmed,
} from './pjsip-objects.ts'
import { LIMITS, type Limits } from './timeouts.ts'
import { checkExtension } from './validate-extension.ts'

export interface AsteriskNeeds extends AriAccess {
  phones: AsteriskPhones
  limits?: Partial<Limits>
}

/** As they are taken away: first what lets calls through. */
const REVERSED: readonly ObjectType[] = ['endpoint', 'aor', 'auth']

/**
 * SIP extensions of a plain Asterisk, 16 or later, through ARI: they are kept in its astdb, beside those of
 * pjsip.conf, which are never touched. Needs docs/asterisk/{ari,http,sorcery}.conf. The dialplan has to reach
 * them by a pattern, as `exten => _1XXX,1,Dial(PJSIP/${EXTEN})`, and their hints as well: none is made here.
 *
 * With an extension go the registrations of its phones, calls go on. Two that make the same extension at once
 * for different marks are not kept apart: whoever hands out numbers does that.
 * @throws {Error} for settings that Asterisk must not see
 */
export function createAsteriskExtensions(
  needs: AsteriskNeeds,
): Provisioner & { lender: Lender; close(): Promise<void> } {
  const { phones, limits: own, ...access } = needs
  const limits = { ...LIMITS, ...own }
  checkPhones(phones)
  const ari = createAri(access, limits)

  /** @throws {ProvisioningError} `taken` where it is not of this mark */
  async function find(type: ObjectType, extension: string, mark: string, signal: AbortSignal) {
    const found = await ari.read(type, extension, signal)
    if (found !== undefined && found[MARK] !== mark) throw taken()
    return found
  }

  return {
    name: 'asterisk',
    async provide(order) {
      const objects = objectsOf(order, phones)
      const { extension, secret, mark } = order
      const signal = AbortSignal.timeout(limits.callMs)
      for (const [type] of objects) await find(type, extension, mark, signal)
      for (const [type, fields] of objects) {
        await ari.write(type, extension, fields, signal)
        // Its word that it did is not enough for making the next one.
        const made = await find(type, extension, mark, signal)
        if (made === undefined || made.password !== fields.password)
          throw unconfirmed(`does not show the ${type} it took`)
      }
      return { extension, authUsername: extension, secret }
    },
    async remove(extension, { mark }) {
      checkExtension(extension)
      const signal = AbortSignal.timeout(limits.callMs)
      for (const type of REVERSED) await find(type, extension, mark, signal)
      for (const type of REVERSED) {
        await ari.remove(type, extension, signal)
        if ((await find(type, extension, mark, signal)) !== undefined)
          throw unconfirmed(`still shows the ${type}`)
      }
    },
    lender: createAsteriskLender(ari),
    close: () => ari.close(),
  }
}
