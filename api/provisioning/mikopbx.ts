import type { Logger } from '../../runtime/log.ts'
import { type Provisioner, ProvisioningError } from '../core/provisioning/provisioner.ts'
import { ensureCreated, ensureRemoved } from './idempotent.ts'
import { createMikopbxApi, type MikopbxAccess } from './mikopbx-api.ts'
import { addEmployee, deleteEmployee, findNumberOwner } from './mikopbx-employees.ts'
import { retryOnce } from './retry.ts'
import { DEFAULT_PBX_TIMEOUTS, type PbxTimeouts } from './timeouts.ts'
import { sanitizeName, validateExtension, validateSpec } from './validate-extension.ts'

export type MikopbxNeeds = MikopbxAccess & {
  /** Milliseconds. */
  now: () => number
  log: Logger
  timeouts?: Partial<PbxTimeouts>
}

/**
 * SIP extensions of MikoPBX, through REST v3: an employee each, with the number and the secret of the order.
 * The secret is how ours are known: nobody else could have given it, and one that is not the order's is
 * handed to nobody. So an order that is repeated must repeat its secret. MikoPBX applies changes by itself.
 */
export function createMikopbxProvisioner(needs: MikopbxNeeds): Provisioner & { close(): Promise<void> } {
  const timeouts: PbxTimeouts = { ...DEFAULT_PBX_TIMEOUTS, ...needs.timeouts }
  const { pauseMs } = timeouts
  const api = createMikopbxApi(needs, timeouts.requestMs, needs.now)
  if (needs.allowSelfSigned === true) {
    needs.log.warn({ event: 'pbx_unverified', pbx: 'mikopbx' }, 'the certificate of MikoPBX is not verified')
  }

  const find = (extension: string, signal: AbortSignal) =>
    retryOnce(pauseMs, signal, () => findNumberOwner(api, extension, signal))

  /** @throws {ProvisioningError} `taken` */
  async function findOwn(extension: string, secret: string, signal: AbortSignal) {
    const found = await find(extension, signal)
    if (found === undefined) return undefined
    if (found.kind === 'employee' && found.secret === secret) return found
    throw new ProvisioningError('taken', `number ${extension} is another's on MikoPBX`)
  }

  return {
    name: 'mikopbx',
    async provision(order) {
      validateSpec(order)
      const signal = AbortSignal.timeout(timeouts.callMs)
      const { extension, secret, displayName, email } = order
      const name = sanitizeName(displayName, extension, MAX_NAME_BYTES)
      await ensureCreated({
        find: () => findOwn(extension, secret, signal),
        execute: () => addEmployee(api, { extension, secret, name, email }, signal),
        unconfirmedMessage: `MikoPBX said that it made extension ${extension}, and it is not there`,
        pauseMs,
        signal,
      })
      return { extension, authUsername: extension, secret }
    },
    async remove(extension, { secret }) {
      validateExtension(extension)
      const signal = AbortSignal.timeout(timeouts.callMs)
      await ensureRemoved({
        find: () => findOwn(extension, secret, signal),
        execute: async (found) => {
          if (found !== undefined) await deleteEmployee(api, { extension, id: found.id }, signal)
        },
        unconfirmedMessage: `MikoPBX said that it deleted extension ${extension}, and it is still there`,
        pauseMs,
        signal,
      })
    },
    close: () => api.close(),
  }
}

const MAX_NAME_BYTES = 100
