import type { AriClient } from './ari-client.ts'
import {
  OWNERSHIP_OPTION,
  type PjsipFields,
  type PjsipObject,
  type PjsipObjectType,
  takenError,
  unconfirmedError,
} from './pjsip-objects.ts'

/** Objects of Asterisk with our ownership tag; those of others are never changed. All throw {ProvisioningError}. */
export interface OwnObjects {
  /** @throws {ProvisioningError} `taken` if it has another ownership tag */
  find(type: PjsipObjectType, id: string, tag: string, signal: AbortSignal): Promise<PjsipFields | undefined>
  /** Reads each back before the next one is written. @throws {ProvisioningError} `unconfirmed` */
  write(objects: readonly PjsipObject[], tag: string, signal: AbortSignal): Promise<void>
}

export function createOwnObjects(ari: Pick<AriClient, 'read' | 'write'>): OwnObjects {
  const find: OwnObjects['find'] = async (type, id, tag, signal) => {
    const found = await ari.read(type, id, signal)
    if (found !== undefined && found[OWNERSHIP_OPTION] !== tag) throw takenError()
    return found
  }
  return {
    find,
    async write(objects, tag, signal) {
      for (const { type, id, fields } of objects) {
        await ari.write(type, id, fields, signal)
        const written = await find(type, id, tag, signal)
        if (written === undefined || written.password !== fields.password)
          throw unconfirmedError(`does not show the ${type} it took`)
      }
    },
  }
}
